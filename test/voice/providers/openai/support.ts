import { expect } from '@jest/globals';
import {
  FRAME_SAMPLES,
  SAMPLE_RATE_HZ,
  ProviderError,
  type Recognition,
} from '../../../../src/voice/ports.js';
import { frameSplitter } from '../../../../src/voice/audio/pcm.js';
import { speakInTones } from '../../../../standins/openai/tone-code/encode.js';

/** A signal that nobody aborts. */
export const never = new AbortController().signal;

/** Everything a stream yields. */
export async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const pieces: T[] = [];
  for await (const piece of stream) pieces.push(piece);
  return pieces;
}

/** The caller says this. */
export function say(recognition: Recognition, text: string): void {
  const splitter = frameSplitter(FRAME_SAMPLES);
  for (const frame of splitter.push(speakInTones(text, SAMPLE_RATE_HZ))) recognition.push(frame);
  for (const frame of splitter.flush()) recognition.push(frame);
}

/** The caller says nothing, for so many frames. */
export function pause(recognition: Recognition, frames: number): void {
  for (let i = 0; i < frames; i += 1) recognition.push(new Int16Array(FRAME_SAMPLES));
}

/** The ProviderError that this fails with. It must come within `withinMs`, and say nothing of what was said. */
export async function failureOf(
  attempt: Promise<unknown>,
  { withinMs = 2_500, secret }: { withinMs?: number; secret?: string } = {},
): Promise<Pick<ProviderError, 'stage' | 'kind'>> {
  const startedMs = performance.now();
  const error = await attempt.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ProviderError);
  expect(performance.now() - startedMs).toBeLessThan(withinMs);
  const { stage, kind, message } = error as ProviderError;
  if (secret !== undefined) expect(message).not.toContain(secret);
  return { stage, kind };
}
