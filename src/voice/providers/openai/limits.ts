/** Time limits on a stream: how long until something useful, and how long between useful pieces. */
import { ProviderError } from '../../ports.js';
import { toProviderError } from './failure.js';

export interface Limits {
  /** From the request to the first useful piece, in milliseconds; connecting included. */
  firstMs: number;
  /** From one useful piece to the next, or to the end, in milliseconds. */
  stallMs: number;
}

/**
 * Passes on what `open` streams, and ends it when it is late, when the caller aborts, or when the reader stops reading:
 * in all three the upstream request is cancelled, not just left. The clock runs only while we wait for the server,
 * never while the reader is busy. A server that is connected and sends nothing useful (keep-alives, empty deltas) is
 * late like any other, provided that `open` yields useful pieces only.
 * @param open starts the request; must give up when its signal aborts.
 * @throws ProviderError of `stage`; `signal.reason` when the caller aborted.
 */
export async function* withinLimits<T>(
  stage: ProviderError['stage'],
  open: (signal: AbortSignal) => AsyncGenerator<T>,
  limits: Limits,
  signal: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  signal.throwIfAborted();
  const upstream = new AbortController();
  const abortUpstream = () => upstream.abort();
  signal.addEventListener('abort', abortUpstream, { once: true });
  const pieces = open(upstream.signal);
  let lateAfterMs: number | undefined;
  try {
    for (let limitMs = limits.firstMs; ; limitMs = limits.stallMs) {
      const timer = setTimeout(() => {
        lateAfterMs = limitMs;
        upstream.abort();
      }, limitMs);
      const piece = await pieces.next().finally(() => clearTimeout(timer));
      // An aborted stream may also end silently: what it says no longer counts.
      if (upstream.signal.aborted) throw new Error('Aborted.');
      if (piece.done === true) return;
      yield piece.value;
    }
  } catch (error) {
    signal.throwIfAborted();
    if (lateAfterMs === undefined) throw toProviderError(stage, error);
    const message = `Nothing useful came from the server within ${lateAfterMs} ms.`;
    throw new ProviderError(stage, 'timeout', message, { cause: error });
  } finally {
    signal.removeEventListener('abort', abortUpstream);
    await pieces.return(undefined);
    upstream.abort();
  }
}
