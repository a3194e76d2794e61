import { describe, expect, test } from '@jest/globals';
import { defaultPayloadConverter, type Payload, type SerializationContext } from '@temporalio/common';
import { createKeyRing, type PayloadKey } from '../../src/codec/key-ring.js';
import { createPayloadCodec } from '../../src/codec/payload-codec.js';
import { labelOf } from '../../src/codec/sealed-payload.js';
import { logUnread } from '../../src/codec/unread.js';
import { capturingLogger } from '../support/log.js';

const key = (id: string, letter: string): PayloadKey => ({ id, secret: Buffer.alloc(32, letter) });
const [old, recent] = [key('k1', 'a'), key('k2', 'b')];
const codecOf = (...keys: PayloadKey[]) => createPayloadCodec(createKeyRing(keys), () => undefined);

const inWorkflow = (workflowId: string): SerializationContext => ({
  type: 'workflow',
  namespace: 'default',
  workflowId,
});
const acme = inWorkflow('op:acme:clio:call_1.contact');
const other = inWorkflow('intake:other-firm:call_2');
const shared = inWorkflow('reconciler');

const secret = { name: 'Dana Whitcomb', phone: '+15125550142' };
const clear: Payload = defaultPayloadConverter.toPayload(secret);
const read = (payload: Payload | undefined): unknown => defaultPayloadConverter.fromPayload(payload!);
const bytesOf = ({ metadata, data }: Payload): Buffer =>
  Buffer.concat([...Object.values(metadata ?? {}), data ?? new Uint8Array()]);

async function sealed(codec = codecOf(old), context: SerializationContext | undefined = acme) {
  const [payload] = await codec.encode([clear], context);
  return payload!;
}

describe('a payload', () => {
  test('opens again as it was, shows nothing of itself, and never looks the same twice', async () => {
    const [one, two] = [await sealed(), await sealed()];
    expect(read((await codecOf(old).decode([one], acme))[0])).toEqual(secret);
    expect(bytesOf(one).includes('Dana')).toBe(false);
    expect(bytesOf(one).includes('json/plain')).toBe(false);
    expect(Buffer.from(one.data!).equals(two.data!)).toBe(false);
    expect(labelOf(one)).toEqual({ keyId: 'k1', tenant: 'acme' });
  });

  test.each([
    [
      'a byte of it',
      (p: Payload) => ({ ...p, data: p.data!.map((byte, i) => (i === 20 ? byte ^ 1 : byte)) }),
    ],
    [
      'its tag',
      (p: Payload) => ({
        ...p,
        data: p.data!.map((byte, i, all) => (i === all.length - 1 ? byte ^ 1 : byte)),
      }),
    ],
    ['its length', (p: Payload) => ({ ...p, data: p.data!.subarray(0, -1) })],
    ['everything', (p: Payload) => ({ ...p, data: new Uint8Array() })],
    [
      'its key id',
      (p: Payload) => ({ ...p, metadata: { ...p.metadata, 'encryption-key-id': Buffer.from('k2') } }),
    ],
    [
      'its firm',
      (p: Payload) => ({ ...p, metadata: { ...p.metadata, 'hermes-tenant': Buffer.from('other-firm') } }),
    ],
    [
      'its cipher',
      (p: Payload) => ({ ...p, metadata: { ...p.metadata, 'encryption-cipher': Buffer.from('rot13') } }),
    ],
  ])('does not open once %s was changed', async (_what, change) => {
    const changed = change(await sealed());
    await expect(codecOf(old, recent).decode([changed])).rejects.toMatchObject({
      name: 'PayloadDamagedError',
    });
  });

  test('of one firm is not read in a workflow of another, nor in one of nobody', async () => {
    const payload = await sealed();
    for (const context of [other, shared])
      await expect(codecOf(old).decode([payload], context)).rejects.toMatchObject({
        name: 'PayloadOfOtherTenantError',
        sealedFor: 'acme',
      });
  });

  test('of nobody in particular is read everywhere', async () => {
    for (const from of [undefined, shared])
      for (const to of [undefined, shared, acme]) {
        const [payload] = await codecOf(old).encode([clear], from);
        expect(labelOf(payload!)?.tenant).toBe('_shared');
        expect(read((await codecOf(old).decode([payload!], to))[0])).toEqual(secret);
      }
  });

  test('that is in clear passes, for signals made by hand', async () => {
    expect(await codecOf(old).decode([clear], acme)).toEqual([clear]);
    expect(await codecOf(old).encode([], acme)).toEqual([]);
  });

  test('of an activity belongs to the firm of its workflow', async () => {
    const context = {
      type: 'activity',
      namespace: 'default',
      isLocal: false,
      workflowId: 'op:acme:clio:x',
    } as const;
    expect(labelOf(await sealed(codecOf(old), context))?.tenant).toBe('acme');
  });
});

describe('a ring of keys', () => {
  test('seals under the newest and reads what older ones sealed', async () => {
    const before = await sealed(codecOf(old));
    const rotated = codecOf(recent, old);
    expect(labelOf(await sealed(rotated))?.keyId).toBe('k2');
    expect(read((await rotated.decode([before], acme))[0])).toEqual(secret);
  });

  test('without the key of a payload names the key, and where to put it', async () => {
    const payload = await sealed(codecOf(old));
    await expect(codecOf(recent).decode([payload], acme)).rejects.toThrow(
      'the payload key "k1" is not in HERMES_PAYLOAD_KEYS, which holds "k2"',
    );
  });

  test('is refused when it is empty, has an id twice, or a short key', () => {
    expect(() => createKeyRing([])).toThrow(RangeError);
    expect(() => createKeyRing([old, old])).toThrow(RangeError);
    expect(() => createKeyRing([{ id: 'k1', secret: new Uint8Array(16) }])).toThrow(RangeError);
  });

  test('gives every firm a key of its own', () => {
    const ring = createKeyRing([old]);
    expect(ring.keyOf('k1', 'acme').equals(ring.keyOf('k1', 'other-firm'))).toBe(false);
    expect(ring.keyOf('k1', 'acme').equals(Buffer.from(old.secret))).toBe(false);
  });
});

test('a missing key is said at once, then once a minute with a count, with its id and nothing else', async () => {
  const { logger, lines } = capturingLogger();
  let nowMs = 0;
  const codec = createPayloadCodec(
    createKeyRing([recent]),
    logUnread(logger, () => nowMs),
  );
  const payload = await sealed(codecOf(old));
  const tryAgain = () => expect(codec.decode([payload], acme)).rejects.toThrow();
  for (let i = 0; i < 50; i++) await tryAgain();
  expect(lines).toHaveLength(1);
  nowMs = 60_000;
  await tryAgain();
  expect(lines.map(({ level, payloadKeyId, times }) => ({ level, payloadKeyId, times }))).toEqual([
    { level: 'error', payloadKeyId: 'k1', times: 1 },
    { level: 'error', payloadKeyId: 'k1', times: 50 },
  ]);
});
