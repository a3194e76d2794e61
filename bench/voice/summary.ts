/** A run in figures. Times in milliseconds, shares as fractions of 1. */
import {
  speculationOutcomes,
  waitingStages,
  type SpeculationOutcome,
  type TurnTiming,
} from '../../src/domain/latency.js';
import type { LoadOutcome } from './load-run.js';
import { spreadOf, type Spread } from './percentiles.js';

export interface Summary {
  calls: number;
  seconds: number;
  turns: { sent: number; answered: number; missed: number };
  /** Last speech frame sent → first agent frame received, both at the caller. */
  responseLatencyMs: Spread | null;
  /** The same, apart by what became of the answer that was prepared early; null where the transport does not tell. */
  bySpeculation: Record<SpeculationOutcome, Spread | null> | null;
  /** Share of the answered turns whose prepared answer was the one given; null as above. */
  speculationHitRate: number | null;
  interruptions: {
    count: number;
    /** First frame of the caller → the edge says that it has stopped. */
    stoppedAfterMs: Spread | null;
    /** That word → the last frame of the reply it stopped; 0 when none came after it. */
    lastFrameAfterStopMs: Spread | null;
  };
  /** What it is made of, by the edge's own account; the parts of one turn add up to its response latency. */
  parts: {
    /** Last speech frame sent → last frame the detector calls voiced (it holds on to a sound), and the wire. */
    detectorTailMs: Spread | null;
    endpointingHoldMs: Spread | null;
    providerWaitsMs: Spread | null;
    /** The rest: what the edge itself adds. */
    edgeOverheadMs: Spread | null;
  };
  /** The edge process alone. */
  edge: {
    cpuShareOfCore: number;
    cpuShareOfCorePerCall: number;
    /** After a full collection, with nobody on the line and with every call on it. */
    rssIdleBytes: number;
    rssBytes: number;
    rssBytesPerCall: number;
    /** Live heap, buffers and WebAssembly: what a call holds, without what the allocator keeps for later. */
    heldBytesPerCall: number;
    eventLoopDelayP99Ms: number | null;
  };
  /** Calls that did not end in good order, and by the socket's close code how they did end. */
  callsLost: number;
  lostWith: Record<number, number>;
  /** Calls that ended in good order meanwhile. */
  callsEnded: number;
  /** Turns in which the agent spoke while the caller did. */
  agentCutIn: number;
  providerStalls: number;
  generator: { lateP99Ms: number; lateMaxMs: number; frames: number; valid: boolean };
}

/** A generator that is later than half a frame measures itself. */
const MOST_LATE_P99_MS = 10;

export function summarise(outcome: LoadOutcome): Summary {
  const { done, calls, usage, memory, measuredMs } = outcome;
  const answered = done.turns.flatMap(({ latencyMs, ...turn }) =>
    latencyMs === null ? [] : [{ latencyMs, ...turn }],
  );
  const cpuShareOfCore = (usage.to.cpuMs - usage.from.cpuMs) / measuredMs;
  return {
    calls,
    seconds: Math.round(measuredMs / 100) / 10,
    turns: {
      sent: done.turns.length,
      answered: answered.length,
      missed: done.turns.length - answered.length,
    },
    responseLatencyMs: spreadOf(answered.map(({ latencyMs }) => latencyMs)),
    ...speculationOf(answered),
    interruptions: {
      count: done.interruptions.length,
      stoppedAfterMs: spreadOf(done.interruptions.map(({ stoppedAfterMs }) => stoppedAfterMs)),
      lastFrameAfterStopMs: spreadOf(done.interruptions.map((one) => one.lastFrameAfterClearMs)),
    },
    parts: partsOf(answered),
    edge: {
      cpuShareOfCore,
      cpuShareOfCorePerCall: cpuShareOfCore / calls,
      rssIdleBytes: memory.idle.rssBytes,
      rssBytes: memory.loaded.rssBytes,
      rssBytesPerCall: (memory.loaded.rssBytes - memory.idle.rssBytes) / calls,
      heldBytesPerCall: (memory.loaded.heldBytes - memory.idle.heldBytes) / calls,
      eventLoopDelayP99Ms: outcome.loopDelayP99Ms,
    },
    callsLost: Object.values(done.lostWith).reduce((sum, count) => sum + count, 0),
    lostWith: done.lostWith,
    callsEnded: done.callsEnded,
    agentCutIn: done.agentCutIn,
    providerStalls: outcome.stalls,
    generator: { ...done.self, valid: done.self.lateP99Ms <= MOST_LATE_P99_MS },
  };
}

interface Answered {
  latencyMs: number;
  timing: TurnTiming | null;
  speculation: SpeculationOutcome | null;
}

function speculationOf(answered: readonly Answered[]): Pick<Summary, 'bySpeculation' | 'speculationHitRate'> {
  const told = answered.filter(({ speculation }) => speculation !== null);
  if (told.length === 0) return { bySpeculation: null, speculationHitRate: null };
  const of = (wanted: SpeculationOutcome): number[] =>
    told.filter(({ speculation }) => speculation === wanted).map(({ latencyMs }) => latencyMs);
  const [hit, miss, none] = speculationOutcomes.map((outcome) => spreadOf(of(outcome)));
  const bySpeculation = { hit: hit ?? null, miss: miss ?? null, none: none ?? null };
  return { bySpeculation, speculationHitRate: of('hit').length / told.length };
}

function partsOf(answered: readonly Answered[]): Summary['parts'] {
  const parts = answered.flatMap(({ latencyMs, timing }) => {
    if (timing?.total === undefined) return [];
    const hold = timing.endpointing ?? 0;
    const waits = waitingStages.reduce((sum, stage) => sum + (timing[stage] ?? 0), -hold);
    return [{ tail: latencyMs - timing.total, hold, waits, overhead: timing.total - hold - waits }];
  });
  return {
    detectorTailMs: spreadOf(parts.map(({ tail }) => tail)),
    endpointingHoldMs: spreadOf(parts.map(({ hold }) => hold)),
    providerWaitsMs: spreadOf(parts.map(({ waits }) => waits)),
    edgeOverheadMs: spreadOf(parts.map(({ overhead }) => overhead)),
  };
}

/** Close codes and how often each: `4408 × 2, 1006 × 1`. */
export const closesOf = (lostWith: Summary['lostWith']): string =>
  Object.entries(lostWith)
    .map(([code, count]) => `${code} × ${count}`)
    .join(', ');
