/** The store against the stand-in over HTTP: signatures are checked there. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Control, controlOf } from '../../../standins/kit/control.js';
import { type RunningStandin, startStandin } from '../../../standins/kit/standin.js';
import { s3Standin } from '../../../standins/s3/server.js';
import type { RecordingStore } from '../../../src/voice/recording/contract.js';
import { createS3Store, type S3StoreOptions } from '../../../src/voice/recording/stores/s3.js';
import { urlOf } from '../../../src/voice/recording/stores/s3-client.js';
import { begin, bytesOf, cleanUp, recordingKit, settled, talk } from './support/kit.js';
import { eventually } from '../../support/eventually.js';

const KEY = 'acme-law/call_0123456789abcdefghij.rec';
let standin: RunningStandin;
let control: Control;
let directory: string;
beforeEach(async () => {
  standin = await startStandin(s3Standin, { port: 0 });
  control = controlOf(standin.url);
  directory = await mkdtemp(join(tmpdir(), 's3-store-'));
});
afterEach(async () => {
  await cleanUp();
  await standin.close();
  await rm(directory, { recursive: true, force: true });
});

const store = (more: Partial<S3StoreOptions> = {}): RecordingStore =>
  createS3Store({
    endpoint: standin.url,
    bucket: 'recordings',
    region: 'us-east-1',
    accessKeyId: 'hermes-standin',
    secretAccessKey: 'standin-secret',
    pathStyle: true,
    retryMs: 5,
    ...more,
  });
const soon = (): AbortSignal => AbortSignal.timeout(20_000);
const file = async (length: number): Promise<{ path: string; bytes: Buffer }> => {
  const path = join(directory, 'file');
  const bytes = randomBytes(length);
  await writeFile(path, bytes);
  return { path, bytes };
};
const got = async (from: RecordingStore): Promise<Buffer | null> => {
  const pieces = await from.get(KEY, soon());
  return pieces && bytesOf(pieces);
};
const asked = async (): Promise<string[]> =>
  (await control.ledger()).requests.map(
    ({ method, path }) => `${method} ${path.replace(/[0-9a-f]{24}/, 'ID')}`,
  );

test('what was put is got back, and nothing once it was deleted', async () => {
  const { path, bytes } = await file(70_000);
  const s3 = store();
  expect(await got(s3)).toBeNull();
  await s3.put(KEY, path, soon());
  expect(await got(s3)).toEqual(bytes);
  await s3.delete(KEY, soon());
  await s3.delete(KEY, soon());
  expect(await got(s3)).toBeNull();
});

test('a long recording goes in parts and is whole again', async () => {
  await control.configure({ leastPartBytes: 30_000 });
  const { path, bytes } = await file(70_000);
  const s3 = store({ partBytes: 30_000 });
  await s3.put(KEY, path, soon());
  const at = `/recordings/${KEY}`;
  expect(await asked()).toEqual([
    `GET /recordings/?uploads=&prefix=${encodeURIComponent(KEY)}`,
    `POST ${at}?uploads=`,
    ...[1, 2, 3].map((n) => `PUT ${at}?partNumber=${n}&uploadId=ID`),
    `POST ${at}?uploadId=ID`,
  ]);
  expect(await got(s3)).toEqual(bytes);
});

test('parts that a process left when it died are dropped before the recording is sent again', async () => {
  await control.configure({ leastPartBytes: 30_000 });
  const { path, bytes } = await file(70_000);
  const s3 = store({ partBytes: 30_000 });
  // The process dies before the second part: its last request is never answered, and nothing is taken back.
  await control.fault({ match: { method: 'DELETE' }, times: null, effect: { kind: 'down' } });
  await control.fault({ match: { method: 'PUT' }, times: null, effect: { kind: 'stall' } });
  const died = new AbortController();
  const putting = s3.put(KEY, path, died.signal);
  await eventually(async () => (await asked()).some((line) => line.startsWith('PUT')), {
    withinMs: 5_000,
    what: 'a part under way',
  });
  died.abort(new Error('killed'));
  await expect(putting).rejects.toThrow('killed');
  await control.clearFaults();
  const before = (await asked()).length;
  await s3.put(KEY, path, soon());
  expect((await asked()).slice(before, before + 3)).toEqual([
    expect.stringMatching(/^GET .*uploads=/),
    `DELETE /recordings/${KEY}?uploadId=ID`,
    `POST /recordings/${KEY}?uploads=`,
  ]);
  expect(await got(s3)).toEqual(bytes);
});

test('a bucket may be the first part of the host’s name', () => {
  const at = { endpoint: 'https://s3.eu-central-1.amazonaws.com', bucket: 'firm-sound' };
  expect(urlOf({ ...at, pathStyle: false }, KEY)).toBe(
    `https://firm-sound.s3.eu-central-1.amazonaws.com/${KEY}`,
  );
  expect(urlOf({ ...at, pathStyle: true }, KEY)).toBe(
    `https://s3.eu-central-1.amazonaws.com/firm-sound/${KEY}`,
  );
  const behindProxy = { endpoint: 'http://127.0.0.1:9000/minio/', bucket: 'b', pathStyle: true };
  expect(urlOf(behindProxy, 'k', { uploads: '' })).toBe('http://127.0.0.1:9000/minio/b/k?uploads=');
});

describe('an upload in parts that fails', () => {
  test.each([
    [
      'in the middle',
      () => control.fault({ match: { method: 'PUT' }, times: null, effect: { kind: 'status', status: 503 } }),
    ],
    ['at its end, behind a 200', () => control.configure({ joinFails: true })],
  ])('%s is taken back and leaves no object', async (_when, spoil) => {
    await control.configure({ leastPartBytes: 30_000 });
    const { path } = await file(70_000);
    await spoil();
    const failed = store({ partBytes: 30_000 }).put(KEY, path, soon());
    await expect(failed).rejects.toMatchObject({ name: 'StoreError', kind: 'unavailable' });
    expect((await asked()).at(-1)).toBe(`DELETE /recordings/${KEY}?uploadId=ID`);
    await control.clearFaults();
    expect(await got(store())).toBeNull();
  });
});

describe('a store in trouble', () => {
  test.each([
    ['answers 500', { kind: 'status', status: 500 }],
    ['is limited', { kind: 'rate_limited', retryAfterSeconds: 0 }],
    ['hangs up', { kind: 'cut' }],
    ['hangs up after the work', { kind: 'commit_then_cut' }],
    ['says nothing', { kind: 'stall' }],
  ] as const)('that %s twice is asked a third time', async (_what, effect) => {
    const { path, bytes } = await file(1_000);
    await control.fault({ times: 2, effect });
    const s3 = store(effect.kind === 'stall' ? { timeoutMs: 200 } : {});
    await s3.put(KEY, path, soon());
    await control.clearFaults();
    expect(await got(store())).toEqual(bytes);
    expect(await asked()).toHaveLength(4);
  });

  test('is not asked for ever', async () => {
    await control.fault({ times: null, effect: { kind: 'down' } });
    const { path } = await file(1_000);
    await expect(store().put(KEY, path, soon())).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'STORE_UNAVAILABLE',
    });
    expect(await asked()).toHaveLength(3);
  });

  test.each([
    ['the secret', { secretAccessKey: 'wrong' }],
    ['the key id', { accessKeyId: 'wrong' }],
    ['the region', { region: 'eu-central-1' }],
    ['the bucket', { bucket: 'other' }],
  ])('that does not take %s is asked once: asking again would not help', async (_what, wrong) => {
    const { path } = await file(1_000);
    await expect(store(wrong).put(KEY, path, soon())).rejects.toMatchObject({ kind: 'rejected' });
    expect(await asked()).toHaveLength(1);
    await expect(store(wrong).get(KEY, soon())).rejects.toMatchObject({ kind: 'rejected' });
  });

  test('is left when the one who asks goes away', async () => {
    await control.fault({ times: null, effect: { kind: 'stall' } });
    const gone = new AbortController();
    const waiting = store().get(KEY, gone.signal);
    await eventually(async () => (await asked()).length === 1, { withinMs: 5_000, what: 'the request' });
    gone.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    expect(await asked()).toHaveLength(1);
  });
});

test('a recording reaches a store that was down when the call ended, and is heard from there', async () => {
  const kit = await recordingKit();
  const recorder = await kit.open({ store: store() });
  const down = await control.fault({ times: null, effect: { kind: 'down' } });
  const recording = begin(recorder);
  talk(kit, recording, 2, [77, 88]);
  recording.close();
  await eventually(() => kit.lines.some(({ msg }) => msg?.includes('not in its store yet')), {
    withinMs: 5_000,
    what: 'a failed attempt',
  });
  expect(kit.finished).toEqual([]);
  await control.clearFault(down);
  const { left } = await kit.sound(recorder);
  await settled(recorder);
  expect(new Set(left.subarray(0, 2 * 16_000))).toEqual(new Set([77]));
  expect(kit.finished).toMatchObject([{ state: 'stored', store: 's3' }]);
});
