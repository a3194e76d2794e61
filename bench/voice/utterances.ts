import { speakInTones } from '../../standins/openai/tone-code/encode.js';
import { FRAME_BYTES, FRAME_SAMPLES, SAMPLE_RATE_HZ } from '../../src/voice/ports.js';

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

/** The lines in tones, each cut at a word to last about `speechMs`, as frames of the native transport. */
export function utterancesOf(speechMs: number): Buffer[][] {
  const bytes = Math.max(8, Math.round((speechMs - MARKS_MS) / BYTE_MS));
  return lines.map((line) => framesOf(speakInTones(firstWords(line, bytes), SAMPLE_RATE_HZ)));
}

function firstWords(line: string, bytes: number): string {
  if (line.length <= bytes) return line;
  const end = line.lastIndexOf(' ', bytes);
  // A sentence does not stop on one of these; the edge would wait for the rest.
  return line.slice(0, end > 0 ? end : bytes).replace(/(?: (?:and|but|or|the|a|an|my|was|is|it|are))+$/, '');
}

function framesOf(samples: Int16Array): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 0; at < samples.length; at += FRAME_SAMPLES) {
    const frame = Buffer.alloc(FRAME_BYTES);
    const piece = samples.subarray(at, at + FRAME_SAMPLES);
    frame.set(new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength));
    frames.push(frame);
  }
  return frames;
}
