import { samplesFromG711 } from '../g711.js';
import { ToneReader } from '../tone-code/decode.js';
import { samplesOf } from '../wav.js';
import type { AudioFormat } from './configuration.js';

/** The audio of the turn that has not been committed yet, read while it arrives. */
export class AudioBuffer {
  private readonly tones: ToneReader;
  private readonly rateHz: number;
  private half: Buffer = Buffer.alloc(0);
  private samples = 0;
  private heard = '';

  constructor(private readonly format: AudioFormat) {
    this.rateHz = format.type === 'audio/pcm' ? format.rate : 8_000;
    this.tones = new ToneReader(this.rateHz);
  }

  /** @returns the samples, and the text they complete. */
  append(bytes: Buffer): { samples: Int16Array; delta: string } {
    const samples = this.decode(bytes);
    this.samples += samples.length;
    const delta = this.tones.push(samples);
    this.heard += delta;
    return { samples, delta };
  }

  get durationMs(): number {
    return (this.samples / this.rateHz) * 1_000;
  }

  /** Tone-coded text so far. */
  get text(): string {
    return this.heard;
  }

  private decode(bytes: Buffer): Int16Array {
    if (this.format.type !== 'audio/pcm') {
      return samplesFromG711(bytes, this.format.type === 'audio/pcmu' ? 'mu' : 'a');
    }
    const joined = Buffer.concat([this.half, bytes]);
    this.half = joined.subarray(joined.length - (joined.length % 2));
    return samplesOf(joined);
  }
}
