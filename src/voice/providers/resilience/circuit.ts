/** One endpoint's breaker, shared by all calls of the process, and the probe that finds out when it is back. */
import {
  breaker,
  closedBreaker,
  defaultBreakerRules,
  mayAsk,
  type BreakerEvent,
  type BreakerRules,
} from '../../../domain/breaker.js';
import type { Logger } from '../../../telemetry/logger.js';
import type { ProviderError } from '../../ports.js';

/** What operators see of one endpoint. */
export interface CircuitView {
  stage: ProviderError['stage'];
  /** Name of the engine, as in `Providers`. */
  engine: string;
  state: 'closed' | 'open' | 'half_open';
}

export interface Circuit {
  /** Calls may ask the endpoint now. */
  readonly allows: boolean;
  succeeded(): void;
  failed(): void;
  view(): CircuitView;
  /** No further probe; one that is under way is aborted. */
  close(): void;
}

export interface CircuitOptions {
  stage: CircuitView['stage'];
  engine: string;
  /** A tiny real request. Rejects when the endpoint is of no use; must give up when the signal aborts. */
  probe: (signal: AbortSignal) => Promise<void>;
  logger: Logger;
  rules?: BreakerRules;
  /** Monotonic milliseconds. */
  nowMs?: () => number;
}

/** A probe may be slower than a call's own limits allow, so that they and not it decide what is fast enough. */
const PROBE_TIMEOUT_MS = 5_000;

export function createCircuit(options: CircuitOptions): Circuit {
  const { stage, engine, logger, rules = defaultBreakerRules, nowMs = () => performance.now() } = options;
  const closing = new AbortController();
  let state = closedBreaker;
  let timer: NodeJS.Timeout | undefined;

  const take = (kind: BreakerEvent['kind']): void => {
    const before = state.kind;
    state = breaker(state, { kind, atMs: nowMs() }, rules);
    if (state.kind === before || closing.signal.aborted) return;
    if (state.kind === 'open') {
      if (before === 'closed')
        logger.warn({ stage, engine }, 'a provider is left alone until it answers a probe');
      waitFor(state.nextProbeAtMs);
    } else if (state.kind === 'closed') logger.info({ stage, engine }, 'a provider is back');
  };

  const waitFor = (atMs: number): void => {
    timer = setTimeout(() => void probe(), Math.max(1, Math.ceil(atMs - nowMs())));
    timer.unref();
  };

  const probe = async (): Promise<void> => {
    take('probe_started');
    // Timers count from the start of the event loop's turn and so may come early: too early for the breaker.
    if (state.kind === 'open' && !closing.signal.aborted) waitFor(state.nextProbeAtMs);
    if (state.kind !== 'half_open') return;
    const limit = AbortSignal.timeout(PROBE_TIMEOUT_MS);
    try {
      await settledBy(options.probe, AbortSignal.any([closing.signal, limit]));
      take('probe_succeeded');
    } catch (err) {
      logger.debug({ stage, engine, err }, 'a probe of a provider failed');
      take('probe_failed');
    }
  };

  return {
    get allows() {
      return mayAsk(state);
    },
    succeeded: () => take('succeeded'),
    failed: () => take('failed'),
    view: () => ({ stage, engine, state: state.kind }),
    close() {
      clearTimeout(timer);
      closing.abort();
    },
  };
}

/** The work's outcome, or the signal's reason when that comes first: a probe that ignores its signal is left behind. */
function settledBy(work: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', giveUp, { once: true });
    work(signal)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', giveUp));
  });
}
