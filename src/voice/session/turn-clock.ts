import {
  stages,
  waitingStages,
  type Stage,
  type TurnSpeculation,
  type TurnTiming,
} from '../../domain/latency.js';

type Mark = Exclude<Stage, 'total' | 'edge'>;

const isMark = (stage: Stage): stage is Mark => stage !== 'total' && stage !== 'edge';
const inOrder = stages.filter(isMark);
const rounded = (ms: number): number => Math.round(ms * 100) / 100;

/** @param atMs a moment on the monotonic clock. @returns it in milliseconds since the epoch. */
export const epochOf = (
  { nowMs, epochMs }: { nowMs: () => number; epochMs: () => number },
  atMs: number,
): number => Math.round(epochMs() - (nowMs() - atMs));

/**
 * Stopwatch of one answered turn. Each stage has one moment at which it came to its result, in whatever order; the time
 * between is given to the stages in their own order, so that what was ready early costs nothing.
 */
export class TurnClock {
  readonly #nowMs: () => number;
  readonly #startedAtMs: number;
  readonly #marks: Partial<Record<Mark, number>> = {};
  /** True when this answers a caller (and so counts as response latency). */
  readonly answersCaller: boolean;
  speculation: TurnSpeculation = { outcome: 'none', wasted: 0, wastedChars: 0 };

  /**
   * @param nowMs the monotonic clock.
   * @param startedAtMs arrival of the caller's last voiced frame, or of the typed message; absent when the agent speaks
   * unasked (greeting), which has stages but no total.
   */
  constructor(nowMs: () => number, startedAtMs?: number) {
    this.#nowMs = nowMs;
    this.answersCaller = startedAtMs !== undefined;
    this.#startedAtMs = startedAtMs ?? nowMs();
  }

  /** The stage has come to its result now. Later calls for the same stage change nothing. */
  reached(stage: Mark): void {
    this.#marks[stage] ??= this.#nowMs();
  }

  /** Takes over what another clock of the same turn knows and this one does not, its speculation too. */
  join(other: TurnClock): void {
    for (const stage of inOrder) {
      const mark = other.#marks[stage];
      if (mark !== undefined) this.#marks[stage] ??= mark;
    }
    this.speculation = other.speculation;
  }

  /** What has been reached so far, rounded to a hundredth of a millisecond. */
  timing(): TurnTiming {
    const timing: TurnTiming = {};
    let lastMs = this.#startedAtMs;
    for (const stage of inOrder) {
      const mark = this.#marks[stage];
      // A sentence of our own has clauses too, but nobody waits for a model then.
      if (mark === undefined || (stage === 'llm_clause' && timing.llm === undefined)) continue;
      timing[stage] = rounded(Math.max(0, mark - lastMs));
      lastMs = Math.max(lastMs, mark);
    }
    const { send } = this.#marks;
    if (!this.answersCaller || send === undefined) return timing;
    const total = send - this.#startedAtMs;
    const waited = waitingStages.reduce((sum, stage) => sum + (timing[stage] ?? 0), 0);
    return { ...timing, edge: rounded(Math.max(0, total - waited)), total: rounded(total) };
  }
}
