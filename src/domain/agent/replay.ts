/**
 * State of a call from its turns. The policy is replayed over the agent's turns too: which question an agent turn asked
 * follows from the turns before it, so it stays known however a model worded it, and after a reconnect or a restart.
 */
import { redactCardNumbers } from '../extract/cards.js';
import { yesOrNo } from '../extract/consents.js';
import { hear } from '../extract/hear.js';
import { utterance } from '../extract/utterance.js';
import { localDay } from '../extract/calendar.js';
import type { Day } from '../extract/calendar.js';
import type { FirmProfile } from '../firm.js';
import type { Turn } from '../turn.js';
import { knownArea } from './plan.js';
import { decide } from './policy.js';
import { signalsIn } from './signals.js';
import { atStart } from './state.js';
import type { CallState } from './state.js';

/** The step a turn made, remembered with the turn: asking again after each turn of a call costs one step, not all. */
interface Step {
  firm: FirmProfile;
  today: Day;
  before: CallState;
  after: CallState;
}
const steps = new WeakMap<Turn, Step>();

/**
 * @param turns in order of their numbers.
 * @param startedAtMs the instant against which "last Saturday" is read.
 */
export function replay(turns: readonly Turn[], firm: FirmProfile, startedAtMs: number): CallState {
  const today = localDay(startedAtMs, firm.timeZone);
  let state = atStart;
  for (const turn of turns) {
    const known = steps.get(turn);
    if (known && known.before === state && known.firm === firm && known.today === today) {
      state = known.after;
      continue;
    }
    const before = state;
    state = turn.role === 'agent' ? spoke(before, firm) : heard(before, turn, today);
    steps.set(turn, { firm, today, before, after: state });
  }
  return state;
}

/** An agent turn. A second one in a row (a filler, a repeated prompt) is no new act. */
function spoke(state: CallState, firm: FirmProfile): CallState {
  if (!state.agentsTurn) return state;
  const act = decide(state, firm);
  const times = act.asks ? { ...state.times, [act.asks]: (state.times[act.asks] ?? 0) + 1 } : state.times;
  const refusalHeard = state.refusalHeard || act.kind === 'recording_refused';
  return { ...state, agentsTurn: false, lastAct: act, asked: act.asks, times, refusalHeard };
}

function heard(state: CallState, turn: Turn, today: Day): CallState {
  const u = utterance(redactCardNumbers(turn.text));
  const facts = hear(state.facts, { u, turn: turn.number, asked: state.asked, today });
  const signals = new Set(signalsIn(u));
  const answer = yesOrNo(u);
  // "No" to "are you safe?" is danger; "I'm safe" takes it back.
  if (state.asked === 'safety' && answer === 'no' && !signals.has('safe')) signals.add('emergency');
  const crisis = signals.has('suicidal')
    ? 'suicidal'
    : signals.has('emergency')
      ? (state.crisis ?? 'emergency')
      : signals.has('safe') && state.crisis === 'emergency'
        ? null
        : state.crisis;
  const phoneNow = facts.contact.phone?.value;
  const samePhone = phoneNow === state.facts.contact.phone?.value;
  const phoneConfirmed =
    phoneNow !== undefined &&
    samePhone &&
    (state.phoneConfirmed || (state.asked === 'phone_ok' && answer === 'yes'));
  const next: CallState = {
    ...state,
    facts,
    agentsTurn: true,
    signals,
    crisis,
    // "I'd rather talk to a person, but go on."
    wantsPerson:
      state.wantsPerson || (signals.has('person') && !/\bbut (?:go on|go ahead|okay|fine)\b/.test(u.plain)),
    phoneConfirmed,
    news: 'nothing',
  };
  return { ...next, news: newsOf(state, next) };
}

function newsOf(before: CallState, after: CallState): CallState['news'] {
  if (before.facts.contact.firstName?.value !== after.facts.contact.firstName?.value) return 'name';
  if (knownArea(before) === undefined && knownArea(after) !== undefined) return 'area';
  return before.facts === after.facts ? 'nothing' : 'something';
}
