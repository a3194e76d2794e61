import { END, LEAD, START, SYMBOL_MS, highToneHz, lowToneHz } from './alphabet.js';

/** Two tones together reach 0.6 of full scale: as loud as a clear voice, and no resampler overshoots into clipping. */
const TONE_AMPLITUDE = 0.3 * 32_767;

/** What has been said last is often said again, and to many callers at once. */
const MAX_REMEMBERED = 64;
const remembered = new Map<string, Int16Array>();

/**
 * Says a text in tones.
 * @param rateHz samples per second; a multiple of 50 (8,000, 16,000 and 24,000 are).
 * @returns PCM16 mono: 340 ms and 20 ms for each byte of UTF-8. Nothing for an empty text. Not to be written to.
 */
export function speakInTones(text: string, rateHz: number): Int16Array {
  const key = `${rateHz} ${text}`;
  const known = remembered.get(key);
  if (known) return known;
  const samples = encode(text, rateHz);
  remembered.set(key, samples);
  const [oldest] = remembered.keys();
  if (remembered.size > MAX_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
  return samples;
}

function encode(text: string, rateHz: number): Int16Array {
  if (text === '') return new Int16Array(0);
  const symbols = Uint8Array.from([...LEAD, START, ...Buffer.from(text, 'utf8'), END]);
  const perSymbol = (rateHz * SYMBOL_MS) / 1_000;
  const samples = new Int16Array(symbols.length * perSymbol);
  const { low, high } = wavesAt(rateHz);
  symbols.forEach((symbol, at) => {
    const [first, second] = [low[symbol >> 4], high[symbol & 15]];
    if (!first || !second) return;
    for (let i = 0; i < perSymbol; i += 1) {
      samples[at * perSymbol + i] = Math.round((first[i] ?? 0) + (second[i] ?? 0));
    }
  });
  return samples;
}

interface Waves {
  low: readonly Float64Array[];
  high: readonly Float64Array[];
}
const waves = new Map<number, Waves>();

/** One symbol's length of every tone. */
function wavesAt(rateHz: number): Waves {
  const known = waves.get(rateHz);
  if (known) return known;
  const length = (rateHz * SYMBOL_MS) / 1_000;
  const all = (hzOf: (half: number) => number) =>
    Array.from({ length: 16 }, (_, half) => {
      const step = (2 * Math.PI * hzOf(half)) / rateHz;
      return Float64Array.from({ length }, (_unused, i) => TONE_AMPLITUDE * Math.sin(step * i));
    });
  const made = { low: all(lowToneHz), high: all(highToneHz) };
  waves.set(rateHz, made);
  return made;
}
