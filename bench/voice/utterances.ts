import { speakInTones } from '../../standins/openai/tone-code/encode.js';
import { encodeMulaw, MULAW_RATE_HZ } from '../../src/voice/audio/mulaw.js';
import { FRAME_BYTES, FRAME_SAMPLES, SAMPLE_RATE_HZ } from '../../src/voice/ports.js';
import type { Frame } from './lines/caller-line.js';

/** What callers say: nothing that ends a call, nothing that ends in mid-number or on a conjunction. */
const lines = [
  'yes that is fine and my landlord changed the locks on thursday',
  'he has not answered the telephone since then and all my things are still inside the apartment',
  'it is an apartment building near the river and i have lived there for years with my family',
  'there was a notice on the door but nobody explained to us what it was about or whom to ask',
  'i paid the rent every month and i kept all of the receipts in a folder in the kitchen',
];
/** A byte lasts 20 ms, and the marks around the text 340 ms (standins/openai/tone-code). */
const BYTE_MS = 20;
const MARKS_MS = 340;
/** Samples of 20 ms at the telephone's rate. */
const MULAW_FRAME = MULAW_RATE_HZ / 50;

/** The lines in tones, each cut at a word to last about `speechMs`, ready for every transport. */
export function utterancesOf(speechMs: number): Frame[][] {
  const bytes = Math.max(8, Math.round((speechMs - MARKS_MS) / BYTE_MS));
  return lines.map((line) => framesOf(firstWords(line, bytes)));
}

export const silentFrame: Frame = frameOf(new Int16Array(FRAME_SAMPLES), new Int16Array(MULAW_FRAME));

function firstWords(line: string, bytes: number): string {
  if (line.length <= bytes) return line;
  const end = line.lastIndexOf(' ', bytes);
  // A sentence does not stop on one of these; the edge would wait for the rest.
  return line.slice(0, end > 0 ? end : bytes).replace(/(?: (?:and|but|or|the|a|an|my|was|is|it|are))+$/, '');
}

function framesOf(words: string): Frame[] {
  const wide = speakInTones(words, SAMPLE_RATE_HZ);
  const narrow = speakInTones(words, MULAW_RATE_HZ);
  return Array.from({ length: Math.ceil(wide.length / FRAME_SAMPLES) }, (_, n) =>
    frameOf(
      wide.subarray(n * FRAME_SAMPLES, (n + 1) * FRAME_SAMPLES),
      narrow.subarray(n * MULAW_FRAME, (n + 1) * MULAW_FRAME),
    ),
  );
}

function frameOf(wide: Int16Array, narrow: Int16Array): Frame {
  const pcm = Buffer.alloc(FRAME_BYTES);
  pcm.set(new Uint8Array(wide.buffer, wide.byteOffset, wide.byteLength));
  return { pcm, mulaw: encodeMulaw(narrow).toString('base64') };
}
