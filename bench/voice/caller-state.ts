/** What a made-up caller is given, and where in a conversation it may be. */
import type { Frame } from './lines/caller-line.js';
import type { InterruptionSample, TurnSample } from './messages.js';

export interface CallerDeps {
  /** Utterances as frames, said in turn. */
  utterances: readonly (readonly Frame[])[];
  silence: Frame;
  /** Mean pause before speaking. */
  silenceMs: number;
  /** Pause after the greeting: callers who rang in the same second are not to speak in the same second ever after. */
  firstSilenceMs: number;
  /** From the first tick to the first frame: callers are spread over the 20 ms of a frame, as strangers are. */
  phaseMs: number;
  /** One reply in so many, at random, the caller speaks into; null for never. */
  interruptsEvery: number | null;
  /** False when no new turn shall begin. */
  mayTalk: () => boolean;
  onTurn: (sample: TurnSample, spokenAtMs: number) => void;
  onInterruption: (sample: InterruptionSample) => void;
  /** How late a frame left. */
  onFrame: (lateMs: number) => void;
  /** The agent's voice came while the caller was speaking. */
  onCutIn: () => void;
}

/** Times are milliseconds on the generator's monotonic clock. */
export type State =
  | { is: 'listening' }
  | { is: 'pausing'; untilMs: number }
  | {
      is: 'speaking';
      frames: readonly Frame[];
      next: number;
      fromMs: number;
      over: 'nobody' | 'agent' | 'cutIn';
    }
  | { is: 'waiting'; spokenAtMs: number }
  | { is: 'answered'; spokenAtMs: number; latencyMs: number; interruptAtMs: number };
