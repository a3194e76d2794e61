import type { TurnDetection } from './configuration.js';

/** RMS of 16-bit samples that counts as a voice at the default threshold of 0.5: some -40 dBFS. */
const VOICED_RMS = 330;
/** How long semantic turn detection waits at most, by eagerness, in milliseconds (vendor's guide). */
const LONGEST_WAIT_MS = { low: 8_000, medium: 4_000, high: 2_000, auto: 4_000 };

export type GateEvent = 'started' | 'stopped';

/** Server-side turn detection, by loudness alone. */
export class VoiceGate {
  private speaking = false;
  private quietMs = 0;

  constructor(private readonly detection: TurnDetection) {}

  /** Takes one append. @returns what it changed, if anything. */
  push(samples: Int16Array, durationMs: number): GateEvent | undefined {
    if (samples.length === 0) return undefined;
    const power = samples.reduce((sum, sample) => sum + sample ** 2, 0) / samples.length;
    const threshold = this.detection.type === 'server_vad' ? this.detection.threshold : 0.5;
    if (Math.sqrt(power) >= VOICED_RMS * 2 * threshold) {
      this.quietMs = 0;
      if (this.speaking) return undefined;
      this.speaking = true;
      return 'started';
    }
    this.quietMs += durationMs;
    if (!this.speaking || this.quietMs < this.silenceMs) return undefined;
    this.speaking = false;
    return 'stopped';
  }

  private get silenceMs(): number {
    if (this.detection.type === 'server_vad') return this.detection.silence_duration_ms;
    return LONGEST_WAIT_MS[this.detection.eagerness];
  }
}
