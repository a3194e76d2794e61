import type { Expectation } from './expectation.js';

/** Limits of eager starts. */
export interface SpeculationRules {
  /** Earliest silence that may be a likely end, in milliseconds: after words that can be an end, and where none are known. */
  afterMs: number;
  blindAfterMs: number;
  /** Share of the silence rule after which an end is likely. After each start that was cancelled, twice as long. */
  share: number;
  /** Most starts that may be cancelled in one call, and in one utterance. */
  mostWasted: number;
  mostWastedInUtterance: number;
  /** Words of a recogniser that may still change are answered, unless they were others than the final ones so often in a row … */
  mostStale: number;
  /** … then not for so many starts. */
  restAfterStale: number;
}

/** When the agent cuts in on a caller who does not stop, in milliseconds. */
export interface LongTurnRules {
  /** Talking for this long, without the agent being heard: the next pause of `pauseMs` ends the turn. */
  afterMs: number;
  pauseMs: number;
  /** From here on it ends without a pause. */
  hardMs: number;
  /** Voiced time over the agent that stops it when it has cut in: people need a moment to notice. */
  yieldMs: number;
}

/** Limits of turn-taking, all in milliseconds of audio time. */
export interface TurnTakingRules {
  /** Length of one frame; 20 everywhere in HERMES. */
  frameMs: number;
  /** Voiced time that makes a beginning: shorter bursts are clicks and breath. */
  startMs: number;
  /** Silence after the last voiced frame that ends the answer to an open question; the others follow (silence-rule.ts). */
  silenceMs: number;
  /** No silence shorter than this ends a turn, whatever was said. */
  floorMs: number;
  /** The longest that is waited, unless `silenceMs` is longer. */
  capMs: number;
  /** An utterance with less voiced time than this is noise and is dismissed. "Yes" has about 200 ms. */
  minUtteranceMs: number;
  /** Voiced time over the agent's voice that stops the agent; less is a backchannel ("mm-hm") and is dismissed. */
  bargeInMs: number;
  /** An utterance is cut here, so that a noisy line cannot hold the floor for ever. */
  maxUtteranceMs: number;
  longTurn: LongTurnRules;
  eager: SpeculationRules;
}

/**
 * 80 ms is four frames. Speech detectors hold on for 100 ms and more after a sound, so that an "mm-hm" or a cough of
 * 250 ms has up to 350 ms of voiced frames: an interruption has more. Gaps within words and at commas reach 240 ms in
 * measured speech, hence a floor of 200 ms for whole answers only; beyond 1,200 ms people ask whether the line is dead.
 * `silenceMs` comes from the operator (HERMES_SILENCE_MS).
 *
 * Eager starts: gaps within a word last up to 60 ms, as the detector hears them without its tail; 80 ms outlasts them
 * where no words tell. 0.3 of 600 ms lets a comma pass and leaves a model 420 ms of the silence. Who went on is given
 * twice the time, and after three starts in vain in one utterance a fourth would be too; 20 in a call are what a caller
 * who pauses a lot may cost. Words that come too late once come too late again, until the line or the engine is another.
 */
export const defaultRules: TurnTakingRules = {
  frameMs: 20,
  startMs: 80,
  silenceMs: 600,
  floorMs: 200,
  capMs: 1_200,
  minUtteranceMs: 100,
  bargeInMs: 360,
  maxUtteranceMs: 60_000,
  // A story told without a stop takes a minute; 300 ms is a breath between sentences.
  longTurn: { afterMs: 90_000, pauseMs: 300, hardMs: 120_000, yieldMs: 2_500 },
  eager: {
    afterMs: 60,
    blindAfterMs: 80,
    share: 0.3,
    mostWasted: 20,
    mostWastedInUtterance: 3,
    mostStale: 2,
    restAfterStale: 8,
  },
};

/** What happened. `atMs` is audio time since the call began and never goes back. */
export type TurnTakingEvent =
  /** One frame of the caller, `atMs` its end. */
  | { kind: 'frame'; atMs: number; voiced: boolean }
  /** All words of the utterance so far, as the recogniser has them now. `final`: those the eager start was made with. */
  | { kind: 'words'; atMs: number; text: string; final?: true }
  /**
   * The agent begins to be heard. `expects`: the answer to what it asks; absent when it asks nothing new. `insists`: it
   * has cut in, and the caller may well still be talking.
   */
  | { kind: 'agent_started'; atMs: number; expects?: Expectation; insists?: true }
  | { kind: 'agent_stopped'; atMs: number }
  /** The caller typed, or hung up: whatever was being said is complete now. */
  | { kind: 'typed'; atMs: number }
  | { kind: 'hung_up'; atMs: number };

/** What follows from it. */
export type TurnTakingDecision =
  /** The caller speaks; the sound began at `fromMs`. */
  | { kind: 'speech_started'; atMs: number; fromMs: number }
  /** The caller has probably finished: an answer may be prepared. One `confirm` or one `cancel` follows. */
  | { kind: 'likely_end'; atMs: number; lastVoicedAtMs: number }
  | { kind: 'confirm'; atMs: number }
  | { kind: 'cancel'; atMs: number; cause: 'speech' | 'words' | 'dismissed' }
  /** The caller has finished. */
  | { kind: 'endpoint'; atMs: number; lastVoicedAtMs: number; cause: EndpointCause }
  /** What began was no utterance after all (a cough, a backchannel): forget it. */
  | { kind: 'dismissed'; atMs: number }
  /** The caller talks over the agent and means it: the agent stops. */
  | { kind: 'barge_in'; atMs: number };

/**
 * `too_long`: cut only because recognisers need an end; the caller goes on. `long`: the caller has been talking for so long
 * that the agent cuts in.
 */
export type EndpointCause = 'silence' | 'too_long' | 'long' | 'typed' | 'hung_up';
