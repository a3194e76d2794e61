/** Limits of turn-taking, all in milliseconds of audio time. */
export interface TurnTakingRules {
  /** Length of one frame; 20 everywhere in HERMES. */
  frameMs: number;
  /** Voiced time that makes a beginning: shorter bursts are clicks and breath. */
  startMs: number;
  /** Silence after the last voiced frame that ends the caller's turn. */
  silenceMs: number;
  /** An utterance with less voiced time than this is noise and is dismissed. "Yes" has about 200 ms. */
  minUtteranceMs: number;
  /** Voiced time over the agent's voice that stops the agent; less is a backchannel ("mm-hm") and is dismissed. */
  bargeInMs: number;
  /** An utterance is cut here, so that a noisy line cannot hold the floor for ever. */
  maxUtteranceMs: number;
}

/**
 * The plain rule of a first version. 80 ms is four frames; 200 ms of overlap separates interruption from backchannel in
 * most frameworks; `silenceMs` comes from the operator (HERMES_SILENCE_MS).
 */
export const defaultRules: TurnTakingRules = {
  frameMs: 20,
  startMs: 80,
  silenceMs: 600,
  minUtteranceMs: 100,
  bargeInMs: 200,
  maxUtteranceMs: 60_000,
};

/** What happened. `atMs` is audio time since the call began and never goes back. */
export type TurnTakingEvent =
  /** One frame of the caller, `atMs` its end. */
  | { kind: 'frame'; atMs: number; voiced: boolean }
  | { kind: 'agent_started'; atMs: number }
  | { kind: 'agent_stopped'; atMs: number }
  /** The caller typed, or hung up: whatever was being said is complete now. */
  | { kind: 'typed'; atMs: number }
  | { kind: 'hung_up'; atMs: number };

/** What follows from it. */
export type TurnTakingDecision =
  /** The caller speaks; the sound began at `fromMs`. */
  | { kind: 'speech_started'; atMs: number; fromMs: number }
  /** The caller has finished. */
  | {
      kind: 'endpoint';
      atMs: number;
      lastVoicedAtMs: number;
      cause: 'silence' | 'too_long' | 'typed' | 'hung_up';
    }
  /** What began was no utterance after all (a cough, a backchannel): forget it. */
  | { kind: 'dismissed'; atMs: number }
  /** The caller talks over the agent and means it: the agent stops. */
  | { kind: 'barge_in'; atMs: number };
