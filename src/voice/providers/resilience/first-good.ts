/** Two attempts at one answer: the second begins when the first fails or is late. */

export interface FirstGoodOptions<T> {
  first: (signal: AbortSignal) => Promise<T>;
  /** Makes the second attempt; undefined when there is none. Called at most once. */
  second: () => ((signal: AbortSignal) => Promise<T>) | undefined;
  /** Whether an answer of the second ends the wait for the first. */
  isGood: (answer: T) => boolean;
  /** The second begins after this many milliseconds at the latest. */
  afterMs: number;
  signal: AbortSignal;
}

/**
 * The first attempt's answer, or the second's if it comes sooner and is good. The other one is aborted then.
 * @throws the signal's reason; the first attempt's failure, when no attempt came to anything.
 */
export async function firstGood<T>(options: FirstGoodOptions<T>): Promise<T> {
  const { first, second, isGood, afterMs, signal } = options;
  signal.throwIfAborted();
  const done = new AbortController();
  const either = AbortSignal.any([signal, done.signal]);
  const aborted = rejectionOf(signal, done.signal);
  const answer = first(either);
  answer.catch(() => undefined);
  let timer: NodeJS.Timeout | undefined;
  try {
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, afterMs)));
    const early = await Promise.race([answer.then(fulfilled, () => undefined), late, aborted]);
    if (early) return early.value;
    const attempt = second();
    if (!attempt) return await Promise.race([answer, aborted]);
    let weak: { value: T } | undefined;
    const good = attempt(either).then((value) => {
      if (isGood(value)) return value;
      weak = { value };
      throw new Error('The second attempt has nothing to say.');
    });
    const best = Promise.any([answer, good]).catch(() => (weak ? weak.value : answer));
    return await Promise.race([best, aborted]);
  } finally {
    clearTimeout(timer);
    done.abort();
  }
}

const fulfilled = <T>(value: T): { value: T } => ({ value });

/** A promise that rejects with the signal's reason and is never reported as unhandled; forgotten when `until` aborts. */
function rejectionOf(signal: AbortSignal, until: AbortSignal): Promise<never> {
  const rejection = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true, signal: until });
  });
  rejection.catch(() => undefined);
  return rejection;
}
