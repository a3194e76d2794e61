/** A spoken yes over the native transport, and the sound of that call in an S3-compatible store over HTTP. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Control, controlOf } from '../../standins/kit/control.js';
import { type RunningStandin, startStandin } from '../../standins/kit/standin.js';
import { s3Standin } from '../../standins/s3/server.js';
import { findRecording } from '../../src/db/recordings.js';
import { eventually } from '../support/eventually.js';
import { readStereo } from '../voice/recording/support/stereo.js';
import { AGENT_LEVEL, recordedEdge, type RecordedEdge, VOICE_LEVEL } from './support/recorded-edge.js';

let s3: RunningStandin;
let control: Control;
let edge: RecordedEdge;
beforeAll(async () => {
  s3 = await startStandin(s3Standin, { port: 0 });
  control = controlOf(s3.url);
  edge = await recordedEdge(
    {
      HERMES_RECORDING: 's3',
      HERMES_RECORDING_S3_ENDPOINT: s3.url,
      HERMES_RECORDING_S3_BUCKET: 'recordings',
      HERMES_RECORDING_S3_ACCESS_KEY_ID: 'hermes-standin',
      HERMES_RECORDING_S3_SECRET_ACCESS_KEY: 'standin-secret',
    },
    ['yes that is fine'],
  );
});
afterAll(async () => {
  await edge.close();
  await s3.close();
});

const objects = async (): Promise<string[]> =>
  (await control.ledger()).records.map(({ action, id }) => `${action} ${id}`);
const reaches = (callId: string, state: string): Promise<unknown> =>
  eventually(async () => (await findRecording(edge.pool, 'firm-a', callId))?.state === state, {
    withinMs: 10_000,
    what: `state ${state}`,
  });

test('a call is recorded from the spoken yes on, waits out an outage of the store, is heard from there and deleted there', async () => {
  const outage = await control.fault({ times: null, effect: { kind: 'down' } });
  const line = await edge.dial();
  await line.speak(30);
  line.hum(333, 60);
  await line.say('i was in a car accident');
  await line.hangUp();
  const { callId } = line;
  await eventually(async () => (await readdir(join(edge.directory, 'recordings', 'spool'))).length === 1, {
    withinMs: 5_000,
    what: 'the recording in the spool',
  });
  expect((await edge.ask(`/api/v1/calls/${callId}/recording`)).status).toBe(409);
  await control.clearFault(outage);
  await reaches(callId, 'stored');
  expect(await objects()).toEqual([`created firm-a/${callId}.rec`]);
  expect(await readdir(join(edge.directory, 'recordings', 'spool'))).toEqual([]);

  const answer = await edge.ask(`/api/v1/calls/${callId}/recording`);
  const { left, right } = readStereo(Buffer.from(await answer.arrayBuffer()));
  expect(left.filter((sample) => sample === 333)).toHaveLength(60 * 320);
  expect(left.includes(VOICE_LEVEL)).toBe(false); // the yes itself came before the consent
  expect(right.indexOf(AGENT_LEVEL)).toBeGreaterThanOrEqual(0);
  expect(right.indexOf(AGENT_LEVEL)).toBeLessThan(left.indexOf(333)); // the answer to the yes

  expect((await edge.ask(`/api/v1/calls/${callId}/recording`, ['ADMIN'], 'DELETE')).status).toBe(204);
  expect(await objects()).toEqual([`created firm-a/${callId}.rec`, `deleted firm-a/${callId}.rec`]);
});
