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
 * How much of a window is one symbol. Cheap where it is not: a symbol's two tones are equally loud, so that without the
 * one the other is not looked for.
 * @param at where in `sound` the window starts; it must lie inside.
 * @returns share of the window's energy in the symbol's two tones, 0 (none, or silence) to 1 (nothing else).
 */
export function shareOf(symbol: number, sound: Float64Array, at: number): number {
  const all = totalEnergy(sound, at);
  if (all === 0) return 0;
  const low = energy(lowProbes[symbol >> 4], sound, at);
  return low < all / 8 ? low / all : (low + energy(highProbes[symbol & 15], sound, at)) / all;
}

/** The symbol that a window holds most of, with its share as above. */
export function loudestSymbol(sound: Float64Array, at: number): { symbol: number; share: number } {
  const all = totalEnergy(sound, at);
  if (all === 0) return { symbol: 0, share: 0 };
  const low = loudest(lowProbes, sound, at);
  const high = loudest(highProbes, sound, at);
  return { symbol: (low.half << 4) | high.half, share: (low.energy + high.energy) / all };
}

function loudest(
  candidates: readonly Probe[],
  sound: Float64Array,
  at: number,
): { half: number; energy: number } {
  let best = { half: 0, energy: -1 };
  candidates.forEach((probe, half) => {
    const found = energy(probe, sound, at);
    if (found > best.energy) best = { half, energy: found };
  });
  return best;
}

/** Energy of the window in one tone, on the scale of `totalEnergy`. */
function energy(probe: Probe | undefined, sound: Float64Array, at: number): number {
  if (!probe) return 0;
  const { cos, sin } = probe;
  let inPhase = 0;
  let shifted = 0;
  for (let i = 0; i < WINDOW; i += 1) {
    const sample = sound[at + i] ?? 0;
    inPhase += sample * (cos[i] ?? 0);
    shifted += sample * (sin[i] ?? 0);
  }
  return (2 * (inPhase * inPhase + shifted * shifted)) / WINDOW;
}

function totalEnergy(sound: Float64Array, at: number): number {
  let sum = 0;
  for (let i = at; i < at + WINDOW; i += 1) {
    const sample = sound[i] ?? 0;
    sum += sample * sample;
  }
  return sum;
}
