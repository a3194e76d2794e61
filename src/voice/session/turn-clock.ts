import type { Stage, TurnTiming } from '../../domain/latency.js';

/**
 * Stopwatch of one answered turn. Stages follow one another: each runs from the end of the one before (or from `skip`)
 * to its own first occurrence. `total` runs from the start.
 */
export class TurnClock {
  readonly #nowMs: () => number;
  readonly #startedAtMs: number;
  readonly #withTotal: boolean;
  readonly #timing: TurnTiming = {};
  #lastMs: number;

  /**
   * @param nowMs the monotonic clock.
   * @param startedAtMs arrival of the caller's last voiced frame, or of the typed message; absent when the agent speaks
   * unasked (greeting), which has stages but no total.
   */
  constructor(nowMs: () => number, startedAtMs?: number) {
    this.#nowMs = nowMs;
    this.#withTotal = startedAtMs !== undefined;
    this.#startedAtMs = this.#lastMs = startedAtMs ?? nowMs();
  }

  /** The stage has come to its result now. Later calls for the same stage change nothing. */
  reached(stage: Exclude<Stage, 'total'>): void {
    if (this.#timing[stage] !== undefined) return;
    const now = this.#nowMs();
    this.#timing[stage] = now - this.#lastMs;
    this.#lastMs = now;
    if (stage === 'send' && this.#withTotal) this.#timing.total = now - this.#startedAtMs;
  }

  /** Time since the last stage belongs to none: the next one starts now. */
  skip(): void {
    this.#lastMs = this.#nowMs();
  }

  /** What has been reached so far, rounded to a hundredth of a millisecond. */
  timing(): TurnTiming {
    return Object.fromEntries(
      Object.entries(this.#timing).map(([stage, ms]) => [stage, Math.round(ms * 100) / 100]),
    );
  }

  /** True when this answers a caller (and so counts as response latency). */
  get answersCaller(): boolean {
    return this.#withTotal;
  }
}
