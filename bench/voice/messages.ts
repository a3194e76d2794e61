/** What the bench and its load generator, a process of its own, tell each other. */
import type { SpeculationOutcome, TurnTiming } from '../../src/domain/latency.js';

/** The generator's orders, sent once. Times in milliseconds. */
export interface LoadOrder {
  /** Origin of the edge, and a token that may place calls. */
  api: string;
  token: string;
  calls: number;
  /** How long is measured once every call has heard its greeting. */
  measureMs: number;
  /** Length of one utterance, and the caller's mean pause before it. */
  speechMs: number;
  silenceMs: number;
}

/** One turn of a caller that ended within the measured time. */
export interface TurnSample {
  /** Last speech frame handed to the socket → first agent frame received; null when none came in time. */
  latencyMs: number | null;
  /** The edge's own account of the same turn; null when it gave none. */
  timing: TurnTiming | null;
  /** What became of the answer the edge prepared early; absent when it did not tell. */
  speculation?: SpeculationOutcome | undefined;
}

/** How punctual the generator itself was. */
export interface SelfCheck {
  /** Frames sent, and by how much they were late: 99th percentile and worst. */
  frames: number;
  lateP99Ms: number;
  lateMaxMs: number;
}

export type LoadReport =
  | { kind: 'placing'; open: number }
  /** Every call has heard its greeting: measuring begins. */
  | { kind: 'measuring' }
  | { kind: 'progress'; turns: number }
  /** The measured time is over; calls are still on the line. */
  | { kind: 'measured' }
  | { kind: 'done'; turns: TurnSample[]; self: SelfCheck; callsLost: number; agentCutIn: number }
  | { kind: 'failed'; message: string };
