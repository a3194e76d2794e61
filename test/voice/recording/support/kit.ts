/** A recorder on a directory of its own, with a list that remembers and a clock the test turns. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCipher } from '../../../../src/config/cipher.js';
import type { CallId, TenantId } from '../../../../src/domain/ids.js';
import type {
  FinishedRecording,
  KeyWrap,
  LiveRecording,
  RecorderDeps,
  RecordingFacts,
} from '../../../../src/voice/recording/contract.js';
import { openRecorder, type Recorder } from '../../../../src/voice/recording/recorder.js';
import { createDirectoryStore } from '../../../../src/voice/recording/stores/directory.js';
import { eventually } from '../../../support/eventually.js';
import { capturingLogger, type LogLine } from '../../../support/log.js';
import { readStereo, type Stereo } from './stereo.js';

export const call = { tenantId: 'acme-law', callId: 'call_0123456789abcdefghij', startedAtMs: 0 };
export const consent = { turn: 2, atMs: 1_700_000_000_000 };
export const level = (value: number): Int16Array => new Int16Array(320).fill(value);

/** Seals file keys under a key of the process, as the edge does. */
export function keyWrap(key: Buffer = randomBytes(32)): KeyWrap {
  const cipher = createCipher(key);
  return {
    seal: (plain, context) => cipher.seal(Buffer.from(plain).toString('base64'), context),
    open: (sealed, context) => Buffer.from(cipher.open(sealed, context), 'base64'),
  };
}

export interface Kit {
  directory: string;
  deps: RecorderDeps;
  lines: LogLine[];
  began: RecordingFacts[];
  finished: FinishedRecording[];
  erased: CallId[];
  /** Opens a recorder on the directory; closed by `cleanUp`. */
  open(more?: Partial<RecorderDeps>): Promise<Recorder>;
  /** Waits until the call's recording is in the store and gives its sound. */
  sound(recorder: Recorder): Promise<Stereo>;
  spooled(callId?: CallId): string;
  stored(callId?: CallId): string;
  nowMs: number;
}

const cleanUps: (() => Promise<void>)[] = [];
/** For `afterEach`. */
export async function cleanUp(): Promise<void> {
  for (const clean of cleanUps.splice(0).reverse()) await clean();
}

export async function recordingKit(): Promise<Kit> {
  const directory = await mkdtemp(join(tmpdir(), 'recordings-'));
  cleanUps.push(() => rm(directory, { recursive: true, force: true }));
  const { logger, lines } = capturingLogger();
  const tenantId: TenantId = call.tenantId;
  const kit: Kit = {
    ...{ directory, lines, began: [], finished: [], erased: [], nowMs: 0 },
    deps: {
      directory,
      keys: keyWrap(),
      store: createDirectoryStore(directory),
      catalogue: {
        began: (facts) => Promise.resolve(void kit.began.push(facts)),
        finished: (recording) => Promise.resolve(kit.finished.push(recording) > 0),
        erased: (_tenant, callId) => Promise.resolve(void kit.erased.push(callId)),
      },
      logger,
      nowMs: () => kit.nowMs,
      epochMs: () => consent.atMs + 500,
      retryInitialMs: 10,
    },
    async open(more = {}) {
      const recorder = await openRecorder({ ...kit.deps, ...more });
      cleanUps.push(() => recorder.close(0));
      return recorder;
    },
    async sound(recorder) {
      await settled(recorder);
      const pieces = await recorder.read(call, AbortSignal.timeout(5_000), pcmBytesOf(kit.finished.at(-1)));
      if (!pieces) throw new Error('the store has no such recording');
      return readStereo(await bytesOf(pieces));
    },
    spooled: (callId = call.callId) => join(directory, 'spool', `${tenantId}.${callId}.rec`),
    stored: (callId = call.callId) => join(directory, tenantId, `${callId}.rec`),
  };
  return kit;
}

const pcmBytesOf = (recording: FinishedRecording | undefined): number =>
  ((recording?.durationMs ?? 0) / 20) * 1_280;

/** The call is recorded from now on. @throws Error when the recorder has no room for it. */
export function begin(recorder: Recorder): LiveRecording {
  const recording = recorder.begin(call, consent);
  if (!recording) throw new Error('there is no room for a recording');
  return recording;
}

/** Nothing is live and nothing on its way. */
export const settled = (recorder: Recorder): Promise<unknown> =>
  eventually(() => recorder.live === 0 && recorder.pending === 0, {
    withinMs: 10_000,
    everyMs: 5,
    what: 'the recording in its store',
  });

export async function bytesOf(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

/** Seconds of a call: the caller at one level, the agent at another. */
export function talk(
  kit: Kit,
  recording: LiveRecording,
  seconds: number,
  [caller, agent]: [number, number] = [1_000, 2_000],
): void {
  for (let n = 0; n < seconds * 50; n++) {
    kit.nowMs += 20;
    recording.caller(level(caller));
    recording.agent(level(agent));
  }
}
/** Bytes of the recording so far. */
export const spoolSize = async (kit: Kit): Promise<number> => (await stat(kit.spooled())).size;
