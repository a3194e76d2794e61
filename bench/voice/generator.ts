/** The load generator: a process of its own that places the calls it is told to and reports over IPC. */
import { createOperatorApi, type OperatorApi } from '../../src/cli/operator/api.js';
import { openLine, type Line } from '../../src/cli/caller/line.js';
import { FRAME_MS } from '../../src/voice/ports.js';
import { closeCodes } from '../../src/voice/wire.js';
import { Caller, MISSED_AFTER_MS } from './caller.js';
import type { LoadOrder, LoadReport, TurnSample } from './messages.js';
import { spreadOf } from './percentiles.js';
import { utterancesOf } from './utterances.js';

/** One timer serves all calls; frames leave at most this late, plus the machine's own lateness. */
const TICK_MS = 2;
/** Calls that ring at the same time. */
const PLACING_AT_ONCE = 4;
/** An edge under load refuses calls for as long as it lasts; then the run is no measurement of this many calls. */
const PLACED_WITHIN_MS = 15_000;
const ASK_AGAIN_MS = 500;
const PROGRESS_EVERY_MS = 500;
/** From the last call placed to its greeting; the tone-coded greeting takes 4 s. */
const GREETED_WITHIN_MS = 20_000;

const tell = (report: LoadReport): void => void process.send?.(report);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

class Load {
  readonly #order: LoadOrder;
  readonly #utterances: Buffer[][];
  readonly #callers = new Map<Caller, Line>();
  readonly #turns: TurnSample[] = [];
  readonly #late: number[] = [];
  #placed = 0;
  #talking = true;
  #measuring: { fromMs: number; toMs: number } | undefined;
  #callsLost = 0;
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
      self: { frames: this.#late.length, lateP99Ms: lateness?.p99 ?? 0, lateMaxMs: lateness?.max ?? 0 },
      callsLost: this.#callsLost,
      agentCutIn: this.#agentCutIn,
    });
  }

  #tick(): void {
    const nowMs = performance.now();
    for (const [caller, line] of this.#callers) caller.tick(nowMs, line);
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
    const session = await this.#session();
    const caller = this.#createCaller();
    const line = await openLine(
      session.urls.native,
      (message) => caller.take(message),
      () => caller.hear(),
    );
    line.send({ type: 'start', token: session.token, input: 'audio', output: 'audio' });
    this.#callers.set(caller, line);
    void line.closed.then((code) => this.#replace(caller, code));
  }

  /** A busy edge refuses (503) and wants to be asked again; a refusal that lasts ends the run. */
  async #session(): Promise<Awaited<ReturnType<OperatorApi['startSession']>>> {
    const { api, token } = this.#order;
    const operator = createOperatorApi(api, token);
    const deadline = performance.now() + PLACED_WITHIN_MS;
    for (;;) {
      try {
        return await operator.startSession();
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await pause(ASK_AGAIN_MS);
      }
    }
  }

  #createCaller(): Caller {
    return new Caller({
      utterances: this.#utterances,
      silenceMs: this.#order.silenceMs,
      phaseMs: Math.random() * FRAME_MS,
      mayTalk: () => this.#talking,
      onTurn: (sample, spokenAtMs) => this.#keep(sample, spokenAtMs),
      onFrame: (lateMs) => {
        if (this.#measuring && this.#talking) this.#late.push(lateMs);
      },
      onCutIn: () => {
        this.#agentCutIn += 1;
      },
    });
  }

  #replace(caller: Caller, closeCode: number): void {
    const lost = closeCode !== closeCodes.ended;
    caller.over(lost);
    this.#callers.delete(caller);
    if (this.#over) return;
    if (lost) this.#callsLost += 1;
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
