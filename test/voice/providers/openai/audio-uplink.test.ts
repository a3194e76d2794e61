import { beforeAll, describe, expect, test } from '@jest/globals';
import { decodeMulaw } from '../../../../src/voice/audio/mulaw.js';
import { concatSamples, frameSplitter, samplesFromBytes } from '../../../../src/voice/audio/pcm.js';
import { loadResampler } from '../../../../src/voice/audio/resampler.js';
import { FRAME_SAMPLES } from '../../../../src/voice/ports.js';
import { AudioUplink, type UplinkFormat } from '../../../../src/voice/providers/openai/audio-uplink.js';
import { readTones } from '../../../../standins/openai/tone-code/decode.js';
import { speakInTones } from '../../../../standins/openai/tone-code/encode.js';

beforeAll(() => loadResampler());

const frames = frameSplitter(FRAME_SAMPLES).push(speakInTones('Yes, on Friday.', 16_000));

/** What a server gets of so many frames: the messages' audio, as samples. */
function sent(format: UplinkFormat, pushed: readonly Int16Array[]) {
  const messages: string[] = [];
  const uplink = new AudioUplink(format, (message) => messages.push(message));
  for (const frame of pushed) uplink.push(frame);
  const beforeFlush = messages.length;
  uplink.flush();
  uplink.close();
  const samples = messages.map((message) => {
    const { type, audio } = JSON.parse(message) as { type: string; audio: string };
    expect(type).toBe('input_audio_buffer.append');
    const bytes = Buffer.from(audio, 'base64');
    return format === 'pcmu' ? decodeMulaw(bytes) : samplesFromBytes(Uint8Array.from(bytes));
  });
  return { beforeFlush, samples: concatSamples(samples) };
}

describe.each([
  ['pcmu', 8_000],
  ['pcm', 24_000],
] as const)('%s', (format, rateHz) => {
  test('carries all sound, three frames in a message', () => {
    const { beforeFlush, samples } = sent(format, frames);
    expect(beforeFlush).toBe(Math.floor(frames.length / 3));
    expect(Math.abs(samples.length - (frames.length * rateHz) / 50)).toBeLessThanOrEqual(1);
    expect(readTones(samples, rateHz)).toBe('Yes, on Friday.');
  });

  test('sends what is held when the caller has finished, however little', () => {
    expect(sent(format, []).samples.length).toBe(0);
    expect(sent(format, frames.slice(0, 1)).samples.length).toBe(rateHz / 50);
    expect(sent(format, frames.slice(0, 2)).samples.length).toBe(rateHz / 25);
  });
});
