/**
 * How long an engine is waited for before it is asked a second time, learned from how long it usually takes. One request
 * in a hundred hangs on a connection or a machine that is in trouble, while the next one is answered as usual.
 */

export interface PatienceOptions {
  /** Bounds of the wait, in milliseconds: shorter waits ask twice for nothing, longer ones save no caller anything. */
  leastMs: number;
  mostMs: number;
}

/** Answers it remembers: enough for a 95th percentile, few enough to follow an engine whose pace changes. */
const REMEMBERED = 64;
/** Below this many nothing is known, and `mostMs` is waited. */
const ENOUGH = 12;
const PERCENTILE = 0.95;
/** Above the 95th percentile: an answer that is merely slow comes sooner than a second one would. */
const MARGIN = 1.5;
/**
 * At most one request in ten is made twice, two in a row when there was no need for long: an engine that is slow
 * altogether must not be given twice the work.
 */
const SHARE = 0.1;
const MOST_IN_A_ROW = 2;

/** One per engine and process. */
export class Patience {
  readonly #options: PatienceOptions;
  readonly #waits: number[] = [];
  #next = 0;
  #credit = MOST_IN_A_ROW;

  constructor(options: PatienceOptions) {
    this.#options = options;
  }

  /** Milliseconds to wait for the answer to the next request. */
  get limitMs(): number {
    const { leastMs, mostMs } = this.#options;
    if (this.#waits.length < ENOUGH) return mostMs;
    const sorted = [...this.#waits].sort((a, b) => a - b);
    const usual = sorted[Math.floor(PERCENTILE * (sorted.length - 1))] ?? mostMs;
    return Math.max(leastMs, Math.min(mostMs, usual * MARGIN));
  }

  /** An answer began after so many milliseconds. */
  observe(ms: number): void {
    this.#waits[this.#next] = ms;
    this.#next = (this.#next + 1) % REMEMBERED;
    this.#credit = Math.min(MOST_IN_A_ROW, this.#credit + SHARE);
  }

  /** Whether a second request may be made; it is counted as made then. */
  spend(): boolean {
    if (this.#credit < 1) return false;
    this.#credit -= 1;
    return true;
  }
}
