/** A call over a real socket, its recording in a real directory and a real database, and who may hear it. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sweepRecordings } from '../../src/api/recording-sweep.js';
import { recordingsBefore } from '../../src/db/old-recordings.js';
import { findRecording } from '../../src/db/recordings.js';
import { withTenant } from '../../src/db/tenant.js';
import type { CallId } from '../../src/domain/ids.js';
import { eventually } from '../support/eventually.js';
import { silentLogger } from '../support/log.js';
import { readStereo } from '../voice/recording/support/stereo.js';
import { AGENT_LEVEL, type Line, recordedEdge, type RecordedEdge } from './support/recorded-edge.js';

let edge: RecordedEdge;
beforeAll(async () => {
  edge = await recordedEdge();
});
afterAll(() => edge.close());

const stateOf = async (callId: CallId): Promise<string | undefined> =>
  (await findRecording(edge.pool, 'firm-a', callId))?.state;
const reaches = (callId: CallId, state: string): Promise<unknown> =>
  eventually(async () => (await stateOf(callId)) === state, { withinMs: 5_000, what: `state ${state}` });
const eventsOf = async (callId: CallId): Promise<string[]> =>
  withTenant(edge.pool, 'firm-a', async (scope) => {
    const { rows } = await scope.query<{ event: string }>(
      `select action || ' ' || actor as event from recording_events where call_id = $1 order by at`,
      [callId],
    );
    return rows.map(({ event }) => event);
  });
const files = async (): Promise<string[]> =>
  (await readdir(join(edge.directory, 'recordings'), { recursive: true })).filter((name) =>
    name.endsWith('.rec'),
  );
const recordingOf = (callId: CallId): string => `/api/v1/calls/${callId}/recording`;

/** A call whose caller agrees, until its recording is stored. */
async function recordedCall(): Promise<Line> {
  const line = await edge.dial();
  await line.say('yes that is fine');
  line.hum(333, 60);
  await line.say('i was in a car accident');
  await line.hangUp();
  await reaches(line.callId, 'stored');
  return line;
}

describe('a caller who agrees', () => {
  test('is recorded, and who may hear it gets the WAV file; everything done with it is noted', async () => {
    const { callId } = await recordedCall();
    const answer = await edge.ask(recordingOf(callId));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('audio/wav');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const { left, right } = readStereo(Buffer.from(await answer.arrayBuffer()));
    expect(left.filter((sample) => sample === 333)).toHaveLength(60 * 320);
    // Of two replies of 200 ms each, the last 120 are cut off by the next words, or by the end.
    expect(right.filter((sample) => sample === AGENT_LEVEL).length).toBeGreaterThanOrEqual(1_600);
    expect(await eventsOf(callId)).toEqual(['began caller', 'stored edge', 'heard user-1']);
    expect(await findRecording(edge.pool, 'firm-a', callId)).toMatchObject({
      consentTurn: 2,
      store: 'directory',
    });
  });

  test('can have it deleted, which an administrator does for good', async () => {
    const { callId } = await recordedCall();
    expect((await edge.ask(recordingOf(callId), ['STAFF'], 'DELETE')).status).toBe(403);
    expect((await edge.ask(recordingOf(callId), ['ADMIN'], 'DELETE')).status).toBe(204);
    expect((await edge.ask(recordingOf(callId), ['ADMIN'], 'DELETE')).status).toBe(204);
    expect(await files()).not.toContainEqual(expect.stringContaining(callId));
    const gone = await edge.ask(recordingOf(callId));
    expect([gone.status, await gone.json()]).toMatchObject([410, { code: 'recording_deleted' }]);
    expect(await eventsOf(callId)).toEqual(['began caller', 'stored edge', 'deleted user-1']);
  });

  test('and then wants it deleted leaves nothing of it but that', async () => {
    const line = await edge.dial();
    await line.say('yes');
    await reaches(line.callId, 'recording');
    await line.say('stop recording and delete it');
    await reaches(line.callId, 'deleted');
    await line.hangUp();
    expect(await files()).not.toContainEqual(expect.stringContaining(line.callId));
    expect(await eventsOf(line.callId)).toEqual(['began caller', 'deleted caller']);
  });
});

test('of a caller who declines no byte is kept, and there is nothing to be heard', async () => {
  const before = await files();
  const line = await edge.dial();
  line.hum(333, 60);
  await line.say('no do not record me');
  line.hum(333, 60);
  await line.say('i was in a car accident');
  await line.hangUp();
  const answer = await edge.ask(recordingOf(line.callId));
  expect([answer.status, await answer.json()]).toMatchObject([
    404,
    { code: 'not_found', detail: 'This call was not recorded.' },
  ]);
  expect(await files()).toEqual(before);
  expect(await eventsOf(line.callId)).toEqual([]);
});

describe('a recording is not given out', () => {
  test('to who may only read, nor to another firm, and neither is noted as a listener', async () => {
    const { callId } = await recordedCall();
    expect((await edge.ask(recordingOf(callId), ['READ_ONLY'])).status).toBe(403);
    expect((await edge.ask(recordingOf(callId), ['ADMIN'], 'GET', 'firm-b')).status).toBe(404);
    expect((await edge.ask(recordingOf(callId), ['ADMIN'], 'DELETE', 'firm-b')).status).toBe(404);
    expect(await stateOf(callId)).toBe('stored');
    expect(await eventsOf(callId)).not.toContainEqual(expect.stringContaining('heard'));
  });

  test('while it is going on', async () => {
    const line = await edge.dial();
    await line.say('yes');
    await reaches(line.callId, 'recording');
    const answer = await edge.ask(recordingOf(line.callId));
    expect([answer.status, await answer.json()]).toMatchObject([409, { code: 'recording_unfinished' }]);
    await line.hangUp();
    await reaches(line.callId, 'stored');
  });

  test('when it was changed or is gone from its store', async () => {
    const { callId } = await recordedCall();
    const file = join(edge.directory, 'recordings', 'firm-a', `${callId}.rec`);
    const bytes = await readFile(file);
    bytes[bytes.length - 200]! ^= 1;
    bytes[200]! ^= 1;
    await writeFile(file, bytes);
    const damaged = await edge.ask(recordingOf(callId));
    expect([damaged.status, await damaged.json()]).toMatchObject([500, { code: 'recording_damaged' }]);
    await writeFile(file, '');
    expect((await edge.ask(recordingOf(callId))).status).toBe(500);
  });
});

describe('an edge that is set up so', () => {
  const settled = async (
    env: Record<string, string>,
    work: (other: RecordedEdge) => Promise<void>,
  ): Promise<void> => {
    const other = await recordedEdge(env);
    await work(other).finally(() => other.close());
  };

  test('records nobody, and asks nobody either', () =>
    settled({ HERMES_RECORDING: 'off' }, async (other) => {
      const line = await other.dial();
      await line.say('yes you can record this');
      expect(line.said()).toContain('This call is transcribed');
      expect(line.said()).not.toContain('recorded');
      await line.hangUp();
      expect(await readdir(other.directory)).toEqual([]);
    }));

  test('deletes what is older than it wants to keep, and nothing else, whosever it is', async () => {
    const { callId: old } = await recordedCall();
    const { callId: young } = await recordedCall();
    await withTenant(edge.pool, 'firm-a', (scope) =>
      scope.query(`update recordings set started_at = now() - interval '31 days' where call_id = $1`, [old]),
    );
    const sweep = sweepRecordings({
      days: 30,
      old: (beforeMs, limit) => recordingsBefore(edge.pool, beforeMs, limit),
      erase: (tenantId, callId) => edge.recorder!.erase(tenantId, callId, 'retention'),
      logger: silentLogger,
      epochMs: Date.now,
    });
    await reaches(old, 'deleted');
    await sweep.close();
    expect(await stateOf(young)).toBe('stored');
    expect((await edge.ask(recordingOf(young))).status).toBe(200);
    expect(await eventsOf(old)).toContain('deleted retention');
  });
});
