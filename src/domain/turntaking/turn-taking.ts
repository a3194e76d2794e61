/**
 * Who has the floor: a pure reducer from voiced and unvoiced frames to "the caller started", "the caller finished" and
 * "the caller interrupts". Voiced time is counted with a leak (an unvoiced frame takes back what a voiced one gave), so
 * scattered clicks never add up to speech.
 */
import type { TurnTakingDecision, TurnTakingEvent, TurnTakingRules } from './rules.js';

/** One utterance in progress. */
interface Speech {
  readonly fromMs: number;
  readonly lastVoicedAtMs: number;
  readonly voicedMs: number;
  /** It began while the agent spoke. */
  readonly overAgent: boolean;
  readonly interrupted: boolean;
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
};

const nothing: readonly TurnTakingDecision[] = [];

/** Takes one event; returns the next state and what follows from it, in order. */
export function turnTaking(
  state: TurnTakingState,
  event: TurnTakingEvent,
  rules: TurnTakingRules,
): TurnTakingStep {
  switch (event.kind) {
    case 'frame':
      return onFrame(state, event.atMs, event.voiced, rules);
    case 'agent_started':
      return { state: { ...state, agentSpeaking: true, overlapMs: 0 }, decisions: nothing };
    case 'agent_stopped':
      return { state: { ...state, agentSpeaking: false, overlapMs: 0 }, decisions: nothing };
    case 'typed':
    case 'hung_up':
      return state.speech
        ? conclude(state, state.speech, event.atMs, event.kind, rules)
        : { state: { ...state, onsetMs: 0 }, decisions: nothing };
  }
}

function onFrame(
  state: TurnTakingState,
  atMs: number,
  voiced: boolean,
  rules: TurnTakingRules,
): TurnTakingStep {
  const overlapMs = state.agentSpeaking ? leaky(state.overlapMs, voiced, rules.bargeInMs, rules) : 0;
  const heard = { ...state, overlapMs };
  return state.speech
    ? onSpeechFrame(heard, state.speech, atMs, voiced, rules)
    : onQuietFrame(heard, atMs, voiced, rules);
}

function onQuietFrame(
  state: TurnTakingState,
  atMs: number,
  voiced: boolean,
  rules: TurnTakingRules,
): TurnTakingStep {
  const onsetMs = leaky(state.onsetMs, voiced, rules.startMs, rules);
  const onsetFromMs = state.onsetMs === 0 && voiced ? atMs - rules.frameMs : state.onsetFromMs;
  if (onsetMs < rules.startMs) return { state: { ...state, onsetMs, onsetFromMs }, decisions: nothing };
  const speech: Speech = {
    fromMs: onsetFromMs,
    lastVoicedAtMs: atMs,
    voicedMs: onsetMs,
    overAgent: state.agentSpeaking,
    interrupted: false,
  };
  const started: TurnTakingDecision = { kind: 'speech_started', atMs, fromMs: onsetFromMs };
  const next = withBargeIn({ ...state, onsetMs: 0, onsetFromMs }, speech, atMs, rules);
  return { state: next.state, decisions: [started, ...next.decisions] };
}

function onSpeechFrame(
  state: TurnTakingState,
  speech: Speech,
  atMs: number,
  voiced: boolean,
  rules: TurnTakingRules,
): TurnTakingStep {
  if (!voiced && atMs - speech.lastVoicedAtMs >= rules.silenceMs)
    return conclude(state, speech, atMs, 'silence', rules);
  const now = voiced
    ? { ...speech, lastVoicedAtMs: atMs, voicedMs: speech.voicedMs + rules.frameMs }
    : speech;
  if (atMs - speech.fromMs >= rules.maxUtteranceMs) return conclude(state, now, atMs, 'too_long', rules);
  return withBargeIn(state, now, atMs, rules);
}

/** Once per utterance, when enough of it lies over the agent's voice. */
function withBargeIn(
  state: TurnTakingState,
  speech: Speech,
  atMs: number,
  rules: TurnTakingRules,
): TurnTakingStep {
  const interrupts = state.agentSpeaking && !speech.interrupted && state.overlapMs >= rules.bargeInMs;
  return {
    state: { ...state, speech: interrupts ? { ...speech, interrupted: true } : speech },
    decisions: interrupts ? [{ kind: 'barge_in', atMs }] : nothing,
  };
}

function conclude(
  state: TurnTakingState,
  speech: Speech,
  atMs: number,
  cause: 'silence' | 'too_long' | 'typed' | 'hung_up',
  rules: TurnTakingRules,
): TurnTakingStep {
  const backchannel = speech.overAgent && !speech.interrupted;
  const enoughMs = backchannel ? Math.max(rules.bargeInMs, rules.minUtteranceMs) : rules.minUtteranceMs;
  return {
    state: { ...state, speech: null, onsetMs: 0 },
    decisions: [
      speech.voicedMs < enoughMs
        ? { kind: 'dismissed', atMs }
        : { kind: 'endpoint', atMs, lastVoicedAtMs: speech.lastVoicedAtMs, cause },
    ],
  };
}

const leaky = (countMs: number, voiced: boolean, capMs: number, rules: TurnTakingRules): number =>
  voiced ? Math.min(capMs, countMs + rules.frameMs) : Math.max(0, countMs - rules.frameMs);
