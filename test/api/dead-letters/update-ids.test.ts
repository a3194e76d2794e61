import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { createUpdateIds } from '../../../src/api/dead-letters/update-ids.js';
import type { Resolution } from '../../../src/workflows/messages.js';

const secret = Buffer.alloc(32, 7);
const ids = createUpdateIds(secret);
const decision: Resolution = {
  action: 'discard',
  actor: 'pat',
  reason: 'a wrong number',
  expectedRevision: 2,
};

test('the same decision has the same id on every edge, and any other decision another', () => {
  const id = ids('op:acme:clio:a', decision);
  expect(createUpdateIds(secret)('op:acme:clio:a', { ...decision })).toBe(id);
  expect(id).toMatch(/^discard-r2-[0-9a-f]{32}$/);
  const others = [
    ids('op:acme:clio:b', decision),
    ids('op:acme:clio:a', { ...decision, reason: 'another' }),
    ids('op:acme:clio:a', { ...decision, expectedRevision: 3 }),
  ];
  expect(new Set([id, ...others]).size).toBe(4);
});

test('nobody without the secret can try what a decision said against its id', () => {
  const id = ids('op:acme:clio:a', decision);
  const plain = createHash('sha256').update(JSON.stringify(decision)).digest('hex');
  expect(id).not.toContain(plain.slice(0, 16));
  expect(createUpdateIds(Buffer.alloc(32, 8))('op:acme:clio:a', decision)).not.toBe(id);
});
