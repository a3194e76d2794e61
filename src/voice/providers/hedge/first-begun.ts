/** One stream asked for once, or twice when the first is late to begin: what begins sooner is read. */
import type { Patience } from './patience.js';

export interface FirstBegunOptions<T> {
  /** Starts the request; must give up when its signal aborts. */
  open: (signal: AbortSignal) => AsyncIterable<T>;
  /** Whether a piece is the beginning of something; others before it are dropped. */
  isUseful: (piece: T) => boolean;
  patience: Patience;
  signal: AbortSignal;
}

/**
 * The other request is aborted as soon as one has begun, and both when the reader stops reading.
 * @throws what the only request, or the first of two that both failed, throws.
 */
export async function* firstBegun<T>(options: FirstBegunOptions<T>): AsyncGenerator<T, void, undefined> {
  const { patience, signal } = options;
  signal.throwIfAborted();
  const sinceMs = performance.now();
  const first = new Lane(options);
  let second: Lane<T> | undefined;
  try {
    let begun = await within(first.begun, patience.limitMs);
    if (!begun && patience.spend()) {
      second = new Lane(options);
      begun = await Promise.any([first.begun, second.begun]).catch(() => first.begun);
    }
    begun ??= await first.begun;
    patience.observe(performance.now() - sinceMs);
    (begun.lane === first ? second : first)?.close();
    if (begun.done) return;
    yield begun.piece;
    yield* begun.lane.rest();
  } finally {
    first.close();
    second?.close();
  }
}

type Begun<T> = { lane: Lane<T>; done: true } | { lane: Lane<T>; done: false; piece: T };

/** One request. */
class Lane<T> {
  /** The first useful piece, or the end without one. Never reported as unhandled. */
  readonly begun: Promise<Begun<T>>;
  readonly #abort = new AbortController();
  readonly #iterator: AsyncIterator<T>;

  constructor({ open, isUseful, signal }: FirstBegunOptions<T>) {
    this.#iterator = open(AbortSignal.any([signal, this.#abort.signal]))[Symbol.asyncIterator]();
    this.begun = this.#begin(isUseful);
    this.begun.catch(() => undefined);
  }

  async *rest(): AsyncGenerator<T, void, undefined> {
    for (;;) {
      const step = await this.#iterator.next();
      if (step.done === true) return;
      yield step.value;
    }
  }

  /** Aborts the request, and does not wait for it. Safe to call twice. */
  close(): void {
    this.#abort.abort();
    void Promise.resolve(this.#iterator.return?.()).catch(() => undefined);
  }

  async #begin(isUseful: (piece: T) => boolean): Promise<Begun<T>> {
    for (;;) {
      const step = await this.#iterator.next();
      if (step.done === true) return { lane: this, done: true };
      if (isUseful(step.value)) return { lane: this, done: false, piece: step.value };
    }
  }
}

/** @returns undefined when nothing has come in time. @throws what the work throws. */
async function within<T>(work: Promise<T>, limitMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), limitMs)));
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
