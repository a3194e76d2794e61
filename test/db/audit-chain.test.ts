import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type AuditContent,
  canonicalJson,
  chainHash,
  type ChainedRow,
  checkChain,
  GENESIS,
} from '../../src/db/audit-chain.js';

/** A good chain of `length` rows. */
function chainOf(length: number): ChainedRow[] {
  const rows: ChainedRow[] = [];
  for (let seq = 1; seq <= length; seq++) {
    const content: AuditContent = {
      tenantId: 'firm-a',
      seq,
      eventId: `op:firm-a:clio:x/r${seq}/1`,
      at: new Date(1_790_000_000_000 + seq),
      actor: 'user-7',
      action: 'write.retry',
      subject: 'op:firm-a:clio:x',
      reason: 'Clio is back',
      details: { revision: seq, via: 'update' },
      sealedSha256: seq % 2 === 0 ? 'ab'.repeat(32) : null,
    };
    const prevHash = rows.at(-1)?.hash ?? GENESIS;
    rows.push({ ...content, prevHash, hash: chainHash(prevHash, content) });
  }
  return rows;
}

test('an untouched chain holds, in one piece and in two', () => {
  const rows = chainOf(7);
  const whole = checkChain(rows);
  expect(whole).toEqual({ head: { seq: 7, hash: rows[6]!.hash } });
  const first = checkChain(rows.slice(0, 3));
  expect(checkChain(rows.slice(3), first.head)).toEqual(whole);
  expect(checkChain([])).toEqual({ head: { seq: 0, hash: GENESIS } });
});

/** Every way to change one field of a row. */
const changes: Record<string, (row: ChainedRow) => ChainedRow> = {
  actor: (row) => ({ ...row, actor: 'somebody else' }),
  reason: (row) => ({ ...row, reason: `${row.reason}.` }),
  action: (row) => ({ ...row, action: 'write.discard' }),
  subject: (row) => ({ ...row, subject: 'op:firm-a:clio:y' }),
  time: (row) => ({ ...row, at: new Date(row.at.getTime() + 1) }),
  details: (row) => ({ ...row, details: { ...row.details, revision: 99 } }),
  'what was sealed': (row) => ({ ...row, sealedSha256: 'cd'.repeat(32) }),
  firm: (row) => ({ ...row, tenantId: 'firm-b' }),
  'event id': (row) => ({ ...row, eventId: 'another' }),
};

test.each(Object.keys(changes))('a changed %s is found at its row', (field) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), (at) => {
      const rows = chainOf(9).map((row) => (row.seq === at ? changes[field]!(row) : row));
      expect(checkChain(rows).broken).toEqual({ seq: at, problem: 'altered' });
    }),
  );
});

test('a row that was altered and hashed anew is found at the row after it', () => {
  const rows = chainOf(5);
  const forged = { ...rows[2]!, actor: 'somebody else' };
  rows[2] = { ...forged, hash: chainHash(forged.prevHash, forged) };
  expect(checkChain(rows).broken).toEqual({ seq: 4, problem: 'does not follow the row before it' });
});

test('a row taken out is found', () => {
  const rows = chainOf(5);
  rows.splice(1, 1);
  expect(checkChain(rows).broken).toEqual({ seq: 3, problem: 'missing rows' });
});

test('the order in which a database gives keys back does not matter', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
      const backwards = Object.fromEntries(Object.entries(object).reverse());
      expect(canonicalJson(backwards)).toBe(canonicalJson(object));
      expect(JSON.parse(canonicalJson(object))).toEqual(JSON.parse(JSON.stringify(object)));
    }),
  );
});
