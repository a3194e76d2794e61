import { END, LEAD, START, SYMBOL_MS, highToneHz, lowToneHz } from './alphabet.js';

/** Two tones together reach 0.6 of full scale: as loud as a clear voice, and no resampler overshoots into clipping. */
const TONE_AMPLITUDE = 0.3 * 32_767;

/**
 * Says a text in tones.
 * @param rateHz samples per second; a multiple of 50 (8,000, 16,000 and 24,000 are).
 * @returns PCM16 mono: 340 ms and 20 ms for each byte of UTF-8. Nothing for an empty text.
 */
export function speakInTones(text: string, rateHz: number): Int16Array {
  if (text === '') return new Int16Array(0);
  const symbols = Uint8Array.from([...LEAD, START, ...Buffer.from(text, 'utf8'), END]);
  const perSymbol = (rateHz * SYMBOL_MS) / 1_000;
  const samples = new Int16Array(symbols.length * perSymbol);
  symbols.forEach((symbol, at) => {
    writeSymbol(samples.subarray(at * perSymbol, (at + 1) * perSymbol), symbol, rateHz);
  });
  return samples;
}

function writeSymbol(target: Int16Array, symbol: number, rateHz: number): void {
  const low = (2 * Math.PI * lowToneHz(symbol >> 4)) / rateHz;
  const high = (2 * Math.PI * highToneHz(symbol & 15)) / rateHz;
  for (let i = 0; i < target.length; i += 1) {
    target[i] = Math.round(TONE_AMPLITUDE * (Math.sin(low * i) + Math.sin(high * i)));
  }
}
