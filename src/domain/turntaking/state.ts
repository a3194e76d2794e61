import type { Expectation } from './expectation.js';
import { noPauses, type Pauses } from './pauses.js';
import type { TurnTakingDecision, TurnTakingRules } from './rules.js';
import { silenceRuleMs } from './silence-rule.js';
import { noSpeculation, type Speculation } from './speculation.js';
import type { WordsSoFar } from './words-so-far.js';

/** One utterance in progress. */
export interface Speech {
  readonly fromMs: number;
  readonly lastVoicedAtMs: number;
  readonly voicedMs: number;
  /** It began while the agent spoke. */
  readonly overAgent: boolean;
  readonly interrupted: boolean;
  readonly words: WordsSoFar;
}

/** Opaque to callers: keep it and hand it back. */
export interface TurnTakingState {
  readonly speech: Speech | null;
  /** Leaky voiced time before speech has begun, and when it began to rise. */
  readonly onsetMs: number;
  readonly onsetFromMs: number;
  readonly agentSpeaking: boolean;
  /** Leaky voiced time over the agent's voice. */
  readonly overlapMs: number;
  /** The answer to what the caller was asked last. */
  readonly expects: Expectation;
  readonly pauses: Pauses;
  /** Last voiced frame of the turn that silence ended; null once the agent speaks. Who goes on was cut off. */
  readonly cutAfterMs: number | null;
  readonly speculation: Speculation;
  /** Where the caller began to talk, over turns of which the agent has answered none yet; null otherwise. */
  readonly talkingFromMs: number | null;
  /** The agent has cut in. */
  readonly insists: boolean;
}

export interface TurnTakingStep {
  state: TurnTakingState;
  decisions: readonly TurnTakingDecision[];
}

export const initialTurnTaking: TurnTakingState = {
  speech: null,
  onsetMs: 0,
  onsetFromMs: 0,
  agentSpeaking: false,
  overlapMs: 0,
  expects: 'open',
  pauses: noPauses,
  cutAfterMs: null,
  speculation: noSpeculation,
  talkingFromMs: null,
  insists: false,
};

/** Begun over the agent and not yet long enough to stop it: a backchannel, as long as the agent goes on. */
export const isBackchannel = (state: TurnTakingState, speech: Speech): boolean =>
  state.agentSpeaking && speech.overAgent && !speech.interrupted;

/** Silence that would end this utterance as things stand. */
export const ruleFor = (state: TurnTakingState, speech: Speech, rules: TurnTakingRules): number =>
  silenceRuleMs({ expects: state.expects, pauses: state.pauses, ...speech }, rules);
