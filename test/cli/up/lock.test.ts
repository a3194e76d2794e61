import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openDataDir } from '../../../src/cli/up/data-dir.js';
import { takeLock } from '../../../src/cli/up/lock.js';
import { StackError } from '../../../src/cli/up/stack-error.js';

let directory: string;
let lock: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'hermes-lock-'));
  lock = join(directory, 'supervisor.lock');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('a second holder is refused with the pid of the first and told what to do', () => {
  takeLock(lock);
  const second = (): unknown => takeLock(lock);
  expect(second).toThrow(StackError);
  expect(second).toThrow(`(pid ${process.pid}) already uses ${directory}`);
  expect(readdirSync(directory)).toEqual(['supervisor.lock']);
});

test('a lock that was given back can be taken again', () => {
  takeLock(lock)();
  expect(existsSync(lock)).toBe(false);
  takeLock(lock)();
});

test('the lock of a process that was killed is taken over', async () => {
  const child = spawn('sleep', ['60']);
  const holder = { pid: child.pid, startedAt: '1' };
  child.kill('SIGKILL');
  await once(child, 'exit');
  writeFileSync(lock, JSON.stringify(holder));
  takeLock(lock);
  expect(JSON.parse(readFileSync(lock, 'utf8'))).toMatchObject({ pid: process.pid });
});

test('the lock of a dead process whose number another one has now is taken over', () => {
  writeFileSync(lock, JSON.stringify({ pid: process.pid, startedAt: 'at another time' }));
  takeLock(lock);
  expect(JSON.parse(readFileSync(lock, 'utf8'))).not.toMatchObject({ startedAt: 'at another time' });
});

test('a lock file that makes no sense is taken over', () => {
  writeFileSync(lock, 'half a li');
  takeLock(lock);
  expect(JSON.parse(readFileSync(lock, 'utf8'))).toMatchObject({ pid: process.pid });
});

test('a data directory that cannot be made is one message with the way out', async () => {
  const file = join(directory, 'a-file');
  writeFileSync(file, '');
  const failure = await openDataDir(join(file, 'inside')).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(StackError);
  expect((failure as StackError).next).toContain('--data-dir');
});
