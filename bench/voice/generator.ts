/** The load generator: a process of its own that places the calls it is told to and reports over IPC. */
import { FRAME_MS } from '../../src/voice/ports.js';
import { closeCodes } from '../../src/voice/wire.js';
import { Caller, MISSED_AFTER_MS } from './caller.js';
import { dial } from './lines/dial.js';
import type { CallerLine, Frame } from './lines/caller-line.js';
import type { InterruptionSample, LoadOrder, LoadReport, TurnSample } from './messages.js';
import { spreadOf } from './percentiles.js';
import { silentFrame, utterancesOf } from './utterances.js';

/** One timer serves all calls; frames leave at most this late, plus the machine's own lateness. */
const TICK_MS = 2;
/** Calls that ring at the same time. */
const PLACING_AT_ONCE = 4;
const PROGRESS_EVERY_MS = 500;
/** From the last call placed to its greeting; the tone-coded greeting takes 4 s. */
const GREETED_WITHIN_MS = 20_000;
/**
 * A caller's turn and the answer to it last about so long, and callers begin anywhere in it. Rung up together they would
 * all speak at once for minutes: a load that no site has, and that measures the chorus instead of the edge.
 */
const ONE_EXCHANGE_MS = 5_000;

const tell = (report: LoadReport): void => void process.send?.(report);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

class Load {
  readonly #order: LoadOrder;
  readonly #utterances: Frame[][];
  readonly #callers = new Map<Caller, { line: CallerLine; hangUpAtMs: number }>();
  readonly #turns: TurnSample[] = [];
  readonly #interruptions: InterruptionSample[] = [];
  readonly #late: number[] = [];
  #placed = 0;
  #talking = true;
  #measuring: { fromMs: number; toMs: number } | undefined;
  readonly #lostWith: Record<number, number> = {};
  #callsEnded = 0;
  #agentCutIn = 0;
  #over = false;

  constructor(order: LoadOrder) {
    this.#order = order;
    this.#utterances = utterancesOf(order.speechMs);
  }

  async run(): Promise<void> {
    setInterval(() => this.#tick(), TICK_MS);
    await this.#placeAll();
    await this.#until(
      () => [...this.#callers.keys()].every((caller) => caller.hasHeardGreeting),
      GREETED_WITHIN_MS,
    );
    await pause(ONE_EXCHANGE_MS);
    const fromMs = performance.now();
    this.#measuring = { fromMs, toMs: fromMs + this.#order.measureMs };
    tell({ kind: 'measuring' });
    const progress = setInterval(() => this.#progress(), PROGRESS_EVERY_MS);
    await pause(this.#order.measureMs);
    clearInterval(progress);
    this.#talking = false;
    tell({ kind: 'measured' });
    await this.#until(
      () => ![...this.#callers.keys()].some((caller) => caller.awaitsAnswer),
      2 * MISSED_AFTER_MS,
    );
    this.#over = true;
    const lateness = spreadOf(this.#late);
    tell({
      kind: 'done',
      turns: this.#turns,
      interruptions: this.#interruptions,
      callsEnded: this.#callsEnded,
      self: { frames: this.#late.length, lateP99Ms: lateness?.p99 ?? 0, lateMaxMs: lateness?.max ?? 0 },
      lostWith: this.#lostWith,
      agentCutIn: this.#agentCutIn,
    });
  }

  #tick(): void {
    const nowMs = performance.now();
    for (const [caller, { line, hangUpAtMs }] of this.#callers) {
      caller.tick(nowMs, line);
      line.tick(nowMs);
      if (nowMs > hangUpAtMs && caller.isIdle && this.#talking) line.hangUp();
    }
  }

  #progress(): void {
    tell({ kind: 'progress', turns: this.#turns.length });
  }

  async #placeAll(): Promise<void> {
    const lanes = Array.from({ length: Math.min(PLACING_AT_ONCE, this.#order.calls) }, async () => {
      while (this.#placed < this.#order.calls) {
        this.#placed += 1;
        await this.#place();
        tell({ kind: 'placing', open: this.#callers.size });
      }
    });
    await Promise.all(lanes);
  }

  /** A call that ends is followed by another, so that as many as ordered are on the line. */
  async #place(): Promise<void> {
    const caller = this.#createCaller();
    const line = await dial(this.#order, caller);
    const { hangUpAfterMs } = this.#order;
    const hangUpAtMs =
      hangUpAfterMs === null ? Infinity : performance.now() + hangUpAfterMs * (0.5 + Math.random());
    this.#callers.set(caller, { line, hangUpAtMs });
    void line.closed.then((code) => this.#replace(caller, code));
  }

  #createCaller(): Caller {
    return new Caller({
      utterances: this.#utterances,
      silence: silentFrame,
      silenceMs: this.#order.silenceMs,
      firstSilenceMs: Math.random() * ONE_EXCHANGE_MS,
      interruptsEvery: this.#order.interruptsEvery,
      phaseMs: Math.random() * FRAME_MS,
      mayTalk: () => this.#talking,
      onTurn: (sample, spokenAtMs) => this.#keep(sample, spokenAtMs),
      onInterruption: (sample) => {
        if (this.#measuring && this.#talking) this.#interruptions.push(sample);
      },
      onFrame: (lateMs) => {
        if (this.#measuring && this.#talking) this.#late.push(lateMs);
      },
      onCutIn: () => {
        this.#agentCutIn += 1;
      },
    });
  }

  #replace(caller: Caller, code: number): void {
    const lost = code !== closeCodes.ended;
    if (!lost) this.#callsEnded += 1;
    caller.over(lost);
    this.#callers.delete(caller);
    if (this.#over) return;
    if (lost) this.#lostWith[code] = (this.#lostWith[code] ?? 0) + 1;
    if (this.#talking) this.#place().catch(failed);
  }

  #keep(sample: TurnSample, spokenAtMs: number): void {
    const { fromMs, toMs } = this.#measuring ?? { fromMs: Infinity, toMs: Infinity };
    if (spokenAtMs >= fromMs && spokenAtMs <= toMs) this.#turns.push(sample);
  }

  /** Waits for `done`, but no longer than `limitMs`. */
  async #until(done: () => boolean, limitMs: number): Promise<void> {
    const deadline = performance.now() + limitMs;
    while (!done() && performance.now() < deadline) await pause(20);
  }
}

function failed(error: unknown): void {
  tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
}

process.once('disconnect', () => process.exit(0)); // the bench is gone
process.once('message', (order: LoadOrder) => {
  new Load(order).run().catch(failed);
});
