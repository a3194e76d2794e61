import { mkdtempSync, rmSync, writeFileSync, appendFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createLedger } from '../../../standins/kit/ledger.js';
import { openRecordFile } from '../../../standins/kit/record-file.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hermes-standin-'));
  path = join(folder, 'deep', 'state.ndjson');
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = () => {
  const file = openRecordFile(path);
  return { file, ledger: createLedger(() => 1_000, file) };
};

test('records are back after a restart, each in its latest state, and the numbering goes on', () => {
  const first = open();
  first.ledger.record('contact', 1, 'created', { id: 1, name: 'Ann' });
  first.ledger.record('contact', 2, 'created', { id: 2, name: 'Bob' });
  first.ledger.record('contact', 1, 'updated', { id: 1, name: 'Anne' });
  first.ledger.record('contact', 2, 'deleted', { id: 2, name: 'Bob' });
  first.file.close();

  const { file, ledger } = open();
  expect(ledger.living('contact')).toEqual([{ id: 1, name: 'Anne' }]);
  expect(ledger.records('contact')).toHaveLength(4);
  expect(ledger.record('contact', 3, 'created', { id: 3 }).seq).toBe(5);
  file.close();
});

test('a record is in the file before the call returns', () => {
  const { file, ledger } = open();
  ledger.record('note', 1, 'created', { id: 1 });
  expect(readFileSync(path, 'utf8')).toContain('"kind":"note"');
  file.close();
});

test('a last line torn by a crash is dropped and the next record starts on its own line', () => {
  const first = open();
  first.ledger.record('note', 1, 'created', { id: 1 });
  first.file.close();
  appendFileSync(path, '{"seq":2,"at');

  const second = open();
  second.ledger.record('note', 2, 'created', { id: 2 });
  second.file.close();
  const third = open();
  expect(third.ledger.living('note')).toEqual([{ id: 1 }, { id: 2 }]);
  third.file.close();
});

test('a file that is not ours is refused, not overwritten', () => {
  open().file.close();
  writeFileSync(path, 'shopping list\n');
  expect(() => openRecordFile(path)).toThrow('JSON');
  expect(readFileSync(path, 'utf8')).toBe('shopping list\n');
});

test('what is recorded does not change when the caller goes on editing its object', () => {
  const ledger = createLedger(() => 1_000);
  const contact = { id: 1, name: 'Ann' };
  ledger.record('contact', 1, 'created', contact);
  contact.name = 'changed';
  expect(ledger.living('contact')).toEqual([{ id: 1, name: 'Ann' }]);
});
