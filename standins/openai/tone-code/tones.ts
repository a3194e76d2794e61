import { SYMBOL_MS, highToneHz, lowToneHz } from './alphabet.js';

/** Enough for tones up to 3,450 Hz, and cheap: 160 samples a symbol. */
export const READING_RATE_HZ = 8_000;
export const WINDOW = (READING_RATE_HZ * SYMBOL_MS) / 1_000;

/** One tone over one window, to compare sound with. */
interface Probe {
  cos: Float64Array;
  sin: Float64Array;
}
const probes = (hzOf: (half: number) => number): Probe[] =>
  Array.from({ length: 16 }, (_, half) => {
    const step = (2 * Math.PI * hzOf(half)) / READING_RATE_HZ;
    return {
      cos: Float64Array.from({ length: WINDOW }, (_, i) => Math.cos(step * i)),
      sin: Float64Array.from({ length: WINDOW }, (_, i) => Math.sin(step * i)),
    };
  });
const lowProbes = probes(lowToneHz);
const highProbes = probes(highToneHz);

/**
 * How much of a window is one symbol.
 * @param at where in `sound` the window starts; it must lie inside.
 * @returns share of the window's energy in the symbol's two tones, 0 (none, or silence) to 1 (nothing else).
 */
export function shareOf(symbol: number, sound: Float64Array, at: number): number {
  const window = sound.subarray(at, at + WINDOW);
  const tones = energy(lowProbes[symbol >> 4], window) + energy(highProbes[symbol & 15], window);
  return shareOfAll(tones, window);
}

/** The symbol that a window holds most of, with its share as above. */
export function loudestSymbol(sound: Float64Array, at: number): { symbol: number; share: number } {
  const window = sound.subarray(at, at + WINDOW);
  const low = loudest(lowProbes, window);
  const high = loudest(highProbes, window);
  return { symbol: (low.half << 4) | high.half, share: shareOfAll(low.energy + high.energy, window) };
}

function loudest(candidates: readonly Probe[], window: Float64Array): { half: number; energy: number } {
  let best = { half: 0, energy: -1 };
  candidates.forEach((probe, half) => {
    const found = energy(probe, window);
    if (found > best.energy) best = { half, energy: found };
  });
  return best;
}

/** Energy of the window in one tone, on the scale of `sum of squares`. */
function energy(probe: Probe | undefined, window: Float64Array): number {
  if (!probe) return 0;
  let inPhase = 0;
  let shifted = 0;
  for (let i = 0; i < window.length; i += 1) {
    const sample = window[i] ?? 0;
    inPhase += sample * (probe.cos[i] ?? 0);
    shifted += sample * (probe.sin[i] ?? 0);
  }
  return (2 * (inPhase ** 2 + shifted ** 2)) / window.length;
}

function shareOfAll(part: number, window: Float64Array): number {
  const all = window.reduce((sum, sample) => sum + sample ** 2, 0);
  return all === 0 ? 0 : part / all;
}
