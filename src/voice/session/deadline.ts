/** Waiting for providers: never longer than the limit, and not at all once the call no longer wants the answer. */
import { ProviderError } from '../ports.js';

type Stage = ProviderError['stage'];

const timedOut = (stage: Stage, limitMs: number): ProviderError =>
  new ProviderError(stage, 'timeout', `${stage} gave nothing for ${limitMs} ms`);

/**
 * One answer within a limit. The work sees its signal aborted on timeout.
 * @throws ProviderError of kind `timeout`, or whatever the work throws.
 */
export async function within<T>(
  stage: Stage,
  limitMs: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const error = timedOut(stage, limitMs);
      controller.abort(error);
      reject(error);
    }, limitMs);
  });
  try {
    return await Promise.race([work(controller.signal), limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** Limits of a stream. Only time spent waiting for the provider counts, not the consumer's own. */
export interface StreamLimits {
  /** Longest wait for the first piece. */
  firstMs: number;
  /** Longest wait for any later piece. */
  nextMs: number;
  /** Longest wait over the whole stream. */
  totalMs: number;
}

/**
 * Reads a provider's stream under limits. Leaving it early, a timeout, or `signal` aborts the provider's own signal; a
 * provider that ignores that is left behind, not waited for.
 * @throws ProviderError of kind `timeout`, the signal's reason, or whatever the source throws.
 */
export async function* readWithin<T>(
  stage: Stage,
  limits: StreamLimits,
  signal: AbortSignal,
  source: (signal: AbortSignal) => AsyncIterable<T>,
): AsyncGenerator<T, void, undefined> {
  signal.throwIfAborted();
  const controller = new AbortController();
  const forward = (): void => controller.abort(signal.reason);
  signal.addEventListener('abort', forward, { once: true });
  const aborted = rejectionOf(controller.signal);
  const iterator = source(controller.signal)[Symbol.asyncIterator]();
  let limitMs = limits.firstMs;
  let leftMs = limits.totalMs;
  try {
    for (;;) {
      const waitMs = Math.min(limitMs, leftMs);
      const timer = setTimeout(() => controller.abort(timedOut(stage, waitMs)), waitMs);
      const sinceMs = performance.now();
      const step = await Promise.race([iterator.next(), aborted]).finally(() => clearTimeout(timer));
      if (step.done === true) return;
      leftMs = Math.max(0, leftMs - (performance.now() - sinceMs));
      limitMs = limits.nextMs;
      yield step.value;
    }
  } finally {
    signal.removeEventListener('abort', forward);
    controller.abort();
    void Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}

/** A promise that rejects when the signal aborts and is never reported as unhandled. */
function rejectionOf(signal: AbortSignal): Promise<never> {
  const rejection = new Promise<never>((_resolve, reject) => {
    signal.addEventListener(
      'abort',
      () => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted')),
      { once: true },
    );
  });
  rejection.catch(() => undefined);
  return rejection;
}
