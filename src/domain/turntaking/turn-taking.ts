/**
 * Who has the floor: a pure reducer from voiced and unvoiced frames, and the words so far, to "the caller started", "has
 * probably finished", "has finished" and "interrupts". Voiced time is counted with a leak (an unvoiced frame takes back
 * what a voiced one gave), so scattered clicks never add up to speech.
 */
import { observePause } from './pauses.js';
import type { EndpointCause, TurnTakingDecision, TurnTakingEvent, TurnTakingRules } from './rules.js';
import { bargeInMs, isPastAll, longTurnEnds, talkingFrom } from './long-turn.js';
import { cancel, confirm, likelyAfterMs, start, type SpeculationStep } from './speculation.js';
import { isBackchannel, ruleFor, type Speech, type TurnTakingState, type TurnTakingStep } from './state.js';
import { isWholeAnswer, noWords, readWords } from './words-so-far.js';

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
    case 'words':
      return onWords(state, event);
    case 'agent_started': {
      const expects = event.expects ?? state.expects;
      const heard = { agentSpeaking: true, overlapMs: 0, cutAfterMs: null, talkingFromMs: null };
      return quietly({ ...state, ...heard, expects, insists: event.insists === true });
    }
    case 'agent_stopped':
      return quietly({ ...state, agentSpeaking: false, overlapMs: 0, insists: false });
    case 'typed':
    case 'hung_up':
      return state.speech
        ? conclude(state, state.speech, event.atMs, event.kind, rules)
        : quietly({ ...state, onsetMs: 0 });
  }
}

const quietly = (state: TurnTakingState): TurnTakingStep => ({ state, decisions: nothing });

/** What a change of the eager start adds to a step. */
const after = (state: TurnTakingState, { speculation, decisions }: SpeculationStep): TurnTakingStep => ({
  state: { ...state, speculation },
  decisions,
});

function onFrame(
  state: TurnTakingState,
  atMs: number,
  voiced: boolean,
  rules: TurnTakingRules,
): TurnTakingStep {
  // Most frames of a call: silence with nobody speaking. They cost nothing.
  if (!voiced && !state.speech && state.onsetMs === 0 && state.overlapMs === 0) return quietly(state);
  const overlapMs = state.agentSpeaking ? leaky(state.overlapMs, voiced, bargeInMs(state, rules), rules) : 0;
  const heard = { ...state, overlapMs };
  if (!state.speech) return beforeSpeech(heard, atMs, voiced, rules);
  return voiced ? onVoiced(heard, state.speech, atMs, rules) : onSilence(heard, state.speech, atMs, rules);
}

type Words = Extract<TurnTakingEvent, { kind: 'words' }>;

/** Final words confirm what an eager start was made with, unless they say that the caller goes on. */
function onWords(state: TurnTakingState, { atMs, text, final }: Words): TurnTakingStep {
  if (!state.speech || state.speech.words.text === text) return quietly(state);
  const words = readWords(text);
  const now = { ...state, speech: { ...state.speech, words } };
  const stands = final === true && !words.unfinished;
  return stands ? quietly(now) : after(now, cancel(state.speculation, atMs, 'words'));
}

function beforeSpeech(
  state: TurnTakingState,
  atMs: number,
  voiced: boolean,
  rules: TurnTakingRules,
): TurnTakingStep {
  const onsetMs = leaky(state.onsetMs, voiced, rules.startMs, rules);
  const onsetFromMs = state.onsetMs === 0 && voiced ? atMs - rules.frameMs : state.onsetFromMs;
  if (onsetMs < rules.startMs) return quietly({ ...state, onsetMs, onsetFromMs });
  const speech: Speech = {
    fromMs: onsetFromMs,
    lastVoicedAtMs: atMs,
    voicedMs: onsetMs,
    // Words over an agent that cut in are the rest of what was being said.
    overAgent: state.agentSpeaking && !state.insists,
    interrupted: false,
    words: noWords,
  };
  const { pauses, cutAfterMs } = state;
  const begun: TurnTakingState = {
    ...state,
    onsetMs: 0,
    onsetFromMs,
    cutAfterMs: null,
    // Cut off in a pause: one that was too long for the rule, and so the most telling of all.
    pauses: cutAfterMs === null ? pauses : observePause(pauses, onsetFromMs - cutAfterMs),
    speculation: { ...state.speculation, wastedInUtterance: 0 },
  };
  const started: TurnTakingDecision = { kind: 'speech_started', atMs, fromMs: onsetFromMs };
  const next = withBargeIn(begun, speech, atMs, rules);
  return { state: next.state, decisions: [started, ...next.decisions] };
}

function onVoiced(
  state: TurnTakingState,
  speech: Speech,
  atMs: number,
  rules: TurnTakingRules,
): TurnTakingStep {
  const gone = after(state, cancel(state.speculation, atMs, 'speech'));
  const pauseMs = atMs - rules.frameMs - speech.lastVoicedAtMs;
  const heard = { ...gone.state, pauses: observePause(state.pauses, pauseMs) };
  const now = { ...speech, lastVoicedAtMs: atMs, voicedMs: speech.voicedMs + rules.frameMs };
  const cut = isPastAll(heard, now, atMs, rules) ? 'long' : isTooLong(now, atMs, rules) ? 'too_long' : null;
  const next = cut ? conclude(heard, now, atMs, cut, rules) : withBargeIn(heard, now, atMs, rules);
  return { state: next.state, decisions: [...gone.decisions, ...next.decisions] };
}

function onSilence(
  state: TurnTakingState,
  speech: Speech,
  atMs: number,
  rules: TurnTakingRules,
): TurnTakingStep {
  const { lastVoicedAtMs, words, voicedMs } = speech;
  const silentMs = atMs - lastVoicedAtMs;
  const ruleMs = ruleFor(state, speech, rules);
  if (longTurnEnds(state, speech, atMs, rules)) return conclude(state, speech, atMs, 'long', rules);
  if (silentMs >= ruleMs) return conclude(state, speech, atMs, 'silence', rules);
  if (isTooLong(speech, atMs, rules)) return conclude(state, speech, atMs, 'too_long', rules);
  const whole = isWholeAnswer(words, state.expects, voicedMs);
  const likely =
    silentMs >= likelyAfterMs(state.speculation, { ruleMs, whole, blind: words.text === '' }, rules.eager) &&
    (whole || !words.unfinished) &&
    voicedMs >= rules.minUtteranceMs &&
    !isBackchannel(state, speech);
  const now = { ...state, speech };
  return likely ? after(now, start(state.speculation, { atMs, lastVoicedAtMs }, rules.eager)) : quietly(now);
}

const isTooLong = (speech: Speech, atMs: number, rules: TurnTakingRules): boolean =>
  atMs - speech.fromMs >= rules.maxUtteranceMs;

/** Once per utterance, when enough of it lies over the agent's voice. The question may not have been heard then. */
function withBargeIn(
  state: TurnTakingState,
  speech: Speech,
  atMs: number,
  rules: TurnTakingRules,
): TurnTakingStep {
  const interrupts = state.agentSpeaking && !speech.interrupted && state.overlapMs >= bargeInMs(state, rules);
  if (!interrupts) return quietly({ ...state, speech });
  return {
    state: { ...state, expects: 'open', speech: { ...speech, interrupted: true } },
    decisions: [{ kind: 'barge_in', atMs }],
  };
}

function conclude(
  state: TurnTakingState,
  speech: Speech,
  atMs: number,
  cause: EndpointCause,
  rules: TurnTakingRules,
): TurnTakingStep {
  // "Yeah" just before the agent falls silent is an answer: only an agent that still speaks was acknowledged.
  const noise = isBackchannel(state, speech) || speech.voicedMs < rules.minUtteranceMs;
  const cutAfterMs = cause === 'silence' && !noise ? speech.lastVoicedAtMs : null;
  const { speculation } = state;
  const ended = after(
    {
      ...state,
      speech: null,
      onsetMs: 0,
      cutAfterMs,
      talkingFromMs: talkingFrom(state, speech, cause, noise),
    },
    noise ? cancel(speculation, atMs, 'dismissed') : confirm(speculation, atMs),
  );
  const decision: TurnTakingDecision = noise
    ? { kind: 'dismissed', atMs }
    : { kind: 'endpoint', atMs, lastVoicedAtMs: speech.lastVoicedAtMs, cause };
  return { state: ended.state, decisions: [...ended.decisions, decision] };
}

const leaky = (countMs: number, voiced: boolean, capMs: number, rules: TurnTakingRules): number =>
  voiced ? Math.min(capMs, countMs + rules.frameMs) : Math.max(0, countMs - rules.frameMs);
