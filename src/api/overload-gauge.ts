import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import {
  load,
  noPreparations,
  prepared,
  preparingPays,
  unloaded,
  type LoadLevel,
  type LoadSample,
} from '../domain/overload.js';
import type { TimingSink } from '../voice/ports.js';
import type { Logger } from '../telemetry/logger.js';

/** What this process can afford besides its calls. Both answers cost nothing to ask for. */
export interface OverloadGauge {
  /** An answer may be prepared that may be thrown away. */
  mayPrepareEarly: () => boolean;
  /** A recording may begin. Those under way go on. */
  mayRecord: () => boolean;
  level: () => LoadLevel;
  /** The same sink, seen by the gauge: what becomes of prepared answers decides whether they are worth their cost. */
  watching: (sink: TimingSink) => TimingSink;
  close: () => void;
}

const SAMPLE_EVERY_MS = 1_000;
/** As in loop-delay.ts: later than this is seen, at about 0.1 % of a core. */
const RESOLUTION_MS = 10;

/** @param sample what the last second was like; the process's own event loop by default. */
export function watchOverload(logger: Logger, sample: () => LoadSample = eventLoop()): OverloadGauge {
  let state = unloaded;
  let preparations = noPreparations;
  const timer = setInterval(() => {
    const taken = sample();
    const before = state.level;
    state = load(state, taken);
    if (state.level !== before) logger.warn({ ...taken, before, now: state.level }, 'the load has changed');
  }, SAMPLE_EVERY_MS);
  timer.unref();
  return {
    mayPrepareEarly: () =>
      state.level === 'normal' || (state.level === 'strained' && preparingPays(preparations)),
    mayRecord: () => state.level !== 'overloaded',
    level: () => state.level,
    watching: (sink) => ({
      record: (tenantId, timing, speculation) => {
        const { outcome, wasted } = speculation;
        preparations = prepared(preparations, { used: outcome === 'hit', wasted });
        sink.record(tenantId, timing, speculation);
      },
      recordError: (tenantId) => sink.recordError(tenantId),
    }),
    close: () => clearInterval(timer),
  };
}

function eventLoop(): () => LoadSample {
  const lateness = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  lateness.enable();
  let since = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization: utilisation } = performance.eventLoopUtilization(now, since);
    since = now;
    // What is recorded is the time between two samples, so a punctual loop reads as the resolution.
    const delayP99Ms = lateness.count === 0 ? 0 : Math.max(0, lateness.percentile(99) / 1e6 - RESOLUTION_MS);
    lateness.reset();
    return { utilisation, delayP99Ms };
  };
}
