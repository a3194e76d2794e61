/** What the bench and its load generator, a process of its own, tell each other. */
import type { SpeculationOutcome, TurnTiming } from '../../src/domain/latency.js';

export type TransportName = 'native' | 'twilio';

/** The generator's orders, sent once. Times in milliseconds. */
export interface LoadOrder {
  /** Origin of the edge, and a token that may place calls. */
  api: string;
  token: string;
  transport: TransportName;
  calls: number;
  /** How long is measured once every call has heard its greeting. */
  measureMs: number;
  /** Length of one utterance, and the caller's mean pause before it. */
  speechMs: number;
  silenceMs: number;
  /** Every so many replies a caller interrupts; null for never. */
  interruptsEvery: number | null;
  /** Callers hang up after 0.5 to 1.5 times this, and others call; null for never. */
  hangUpAfterMs: number | null;
}

/** One turn of a caller that ended within the measured time. */
export interface TurnSample {
  /** Last speech frame handed to the socket → first agent frame received; null when none came in time. */
  latencyMs: number | null;
  /** The edge's own account of the same turn; null when it gave none. */
  timing: TurnTiming | null;
  /** What became of the answer the edge prepared early; null when it did not tell. */
  speculation: SpeculationOutcome | null;
}

/** One time that a caller spoke into the agent's words and was noticed. */
export interface InterruptionSample {
  /** First frame of the caller → the edge says that it has stopped. */
  stoppedAfterMs: number;
  /** That word → the last frame of the reply it stopped; 0 when none came after it. */
  lastFrameAfterClearMs: number;
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
  | {
      kind: 'done';
      turns: TurnSample[];
      interruptions: InterruptionSample[];
      self: SelfCheck;
      /** Close codes other than that of a good end, and how often each. */
      lostWith: Record<number, number>;
      callsEnded: number;
      agentCutIn: number;
    }
  | { kind: 'failed'; message: string };
