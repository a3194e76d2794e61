import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeMulaw, encodeMulaw, MULAW_SILENCE } from '../../../src/voice/audio/mulaw.js';
import { rms, tone } from './tones.js';

const sample = fc.integer({ min: -32_768, max: 32_767 });
const samples = fc.array(sample, { maxLength: 400 }).map((values) => Int16Array.from(values));
const roundTrip = (pcm: Int16Array): Int16Array => decodeMulaw(encodeMulaw(pcm));

test('the codes of G.711 stand where the recommendation puts them', () => {
  expect([...encodeMulaw(Int16Array.of(0, 32_124, -32_124, 8, -8))]).toEqual([0xff, 0x80, 0x00, 0xfe, 0x7e]);
  expect([...decodeMulaw(Uint8Array.of(0xff, 0x7f, 0x80, 0x00))]).toEqual(
    [0, -0, 32_124, -32_124].map((v) => v | 0),
  );
  expect(encodeMulaw(new Int16Array(3))).toEqual(Buffer.alloc(3, MULAW_SILENCE));
});

test('there and back, a sample is off by no more than half a step of its segment', () => {
  fc.assert(
    fc.property(samples, (pcm) => {
      roundTrip(pcm).forEach((back, n) => {
        const was = pcm[n]!;
        expect(Math.abs(back - was)).toBeLessThanOrEqual((Math.abs(was) + 132) / 32);
      });
    }),
  );
});

test('what has been through the code once comes through again unchanged', () => {
  fc.assert(fc.property(samples, (pcm) => expect(roundTrip(roundTrip(pcm))).toEqual(roundTrip(pcm))));
  const every = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const again = encodeMulaw(decodeMulaw(every));
  // 0x7F is the code's second zero; silence is written as the first.
  every.forEach((byte, n) => expect(again[n]).toBe(byte === 0x7f ? MULAW_SILENCE : byte));
});

test('louder stays louder', () => {
  fc.assert(
    fc.property(sample, sample, (a, b) => {
      const [low, high] = roundTrip(Int16Array.of(Math.min(a, b), Math.max(a, b)));
      expect(low).toBeLessThanOrEqual(high!);
    }),
  );
});

test('a tone keeps its level and 36 dB of signal over noise', () => {
  const clean = tone(440, 0.5, 8_000, 0.3);
  const noise = roundTrip(clean).map((back, n) => back - clean[n]!);
  expect(20 * Math.log10(rms(clean) / rms(noise))).toBeGreaterThan(36);
});
