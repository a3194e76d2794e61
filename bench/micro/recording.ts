/** What recording a call costs the audio loop: 20 ms of both sides handed over, and a second of both sealed. */
import { randomBytes } from 'node:crypto';
import { KEY_BYTES, sealChunk } from '../../src/voice/recording/format.js';
import { CHUNK_SLOTS, Live } from '../../src/voice/recording/live.js';
import { interleaved } from '../../src/voice/recording/stereo.js';
import type { Subject } from './measure.js';

/** A recording takes more than ten seconds' frames only when they are written meanwhile. */
const FRAMES_EACH = 500;

export function recording(frames: readonly Int16Array[]): Subject[] {
  const frame = (i: number): Int16Array => frames[i % frames.length] ?? new Int16Array(320);
  const openLive = (): Live =>
    new Live({
      create: () => new Promise(() => undefined), // a file that is never there: nothing but the handing over
      nowMs: () => performance.now(),
      onTrouble: (why) => {
        throw new Error(`the recording was given up: ${why}`);
      },
      onDone: () => undefined,
    });
  let live = openLive();
  const hand = (i: number): void => {
    if (i % FRAMES_EACH === 0) live = openLive();
    live.caller(frame(i));
    live.agent(frame(i + 1));
  };
  const key = randomBytes(KEY_BYTES);
  const slots = Array.from({ length: CHUNK_SLOTS }, (_, i) => ({ caller: frame(i), agent: frame(i + 7) }));
  return [
    { name: 'recording, frame of both sides', times: 100_000, op: hand },
    {
      name: 'recording, second of both sides sealed',
      times: 300,
      op: (i) => void sealChunk(key, i, interleaved(slots), false),
    },
  ];
}
