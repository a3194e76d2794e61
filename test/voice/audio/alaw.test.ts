import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ALAW_SILENCE, decodeAlaw, encodeAlaw } from '../../../src/voice/audio/alaw.js';
import { rms, tone } from './tones.js';

const sample = fc.integer({ min: -32_768, max: 32_767 });
const roundTrip = (pcm: Int16Array): Int16Array => decodeAlaw(encodeAlaw(pcm));

test('the codes of G.711 stand where the recommendation puts them', () => {
  expect([...encodeAlaw(Int16Array.of(0, -1, 32_767, -32_768, 1_000, -1_000))]).toEqual([
    0xd5, 0x55, 0xaa, 0x2a, 0xfa, 0x7a,
  ]);
  expect([...decodeAlaw(Uint8Array.of(0xd5, 0x55, 0xaa, 0x2a, 0xfa, 0x7a))]).toEqual([
    8, -8, 32_256, -32_256, 1_008, -1_008,
  ]);
  expect(encodeAlaw(new Int16Array(3))).toEqual(Buffer.alloc(3, ALAW_SILENCE));
});

test('there and back, a sample is off by no more than half a step of its segment', () => {
  fc.assert(
    fc.property(sample, (was) => {
      const [back] = roundTrip(Int16Array.of(was));
      expect(Math.abs(back! - was)).toBeLessThanOrEqual(Math.max(8, Math.abs(was) / 32));
    }),
  );
});

test('every code comes through the samples unchanged', () => {
  const every = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  expect([...encodeAlaw(decodeAlaw(every))]).toEqual([...every]);
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
