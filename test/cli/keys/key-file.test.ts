import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createKeyRing } from '../../../src/codec/key-ring.js';
import { seal } from '../../../src/codec/sealed-payload.js';
import { loadConfig } from '../../../src/config/load.js';
import { openKeyFile } from '../../../src/cli/keys/key-file.js';
import { collectKeyIds } from '../../../src/cli/keys/usage.js';
import { newPayloadKey, payloadKeys } from '../../../src/cli/up/secrets.js';

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'hermes-keys-'));
  path = join(directory, 'payload-keys');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('a rotated key comes first, old ones stay until they are retired, and the file is always a right setting', () => {
  const first = payloadKeys(directory);
  const [oldId] = openKeyFile(path).ids;
  const newId = openKeyFile(path).add(newPayloadKey());
  expect(openKeyFile(path).ids).toEqual([newId, oldId]);
  const text = readFileSync(path, 'utf8');
  expect(text.endsWith(`,${first}`)).toBe(true);
  expect(payloadKeys(directory)).toBe(text);
  expect(loadConfig({ HERMES_PAYLOAD_KEYS: text }).HERMES_PAYLOAD_KEYS?.map(({ id }) => id)).toEqual([
    newId,
    oldId,
  ]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  openKeyFile(path).remove(oldId!);
  expect(openKeyFile(path).ids).toEqual([newId]);
});

test('the key that seals cannot be retired, and without a file one is told to start first', () => {
  expect(() => openKeyFile(path)).toThrow('npm start');
  payloadKeys(directory);
  const [only] = openKeyFile(path).ids;
  expect(() => openKeyFile(path).remove(only!)).toThrow('rotate first');
});

test('the keys of a history are found at any depth, without opening anything', () => {
  const under = (id: string) =>
    seal(createKeyRing([{ id, secret: Buffer.alloc(32, 1) }]), { data: Buffer.from('x') }, 'acme');
  const ids = new Set<string>();
  collectKeyIds(
    {
      events: [
        { input: { payloads: [under('k1')] } },
        { failure: { cause: { encodedAttributes: under('k2') } } },
        null,
      ],
    },
    ids,
  );
  expect([...ids]).toEqual(['k1', 'k2']);
});
