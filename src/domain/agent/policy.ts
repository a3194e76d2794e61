/** State of a call → the agent's next act. Pure, total, and short-sighted: it knows nothing but the state. */
import type { FirmProfile } from '../firm.js';
import type { Question } from '../extract/question.js';
import type { Act, ActKind } from './act.js';
import { leavesMessage, knownArea, nextQuestion, outOfArea } from './plan.js';
import { digitsAloud, moneyAloud, nameAloud, phoneAloud } from './speech.js';
import type { CallState } from './state.js';
import {
  askWords,
  closingWords,
  DATE_AHEAD,
  emergencyWords,
  interruptWords,
  suicidalWords,
} from './words.js';

const kindOfQuestion: Readonly<Record<Question, ActKind>> = {
  recording: 'ask_recording',
  reason: 'ask_reason',
  safety: 'ask_safety',
  name: 'ask_name',
  phone: 'ask_phone',
  phone_ok: 'confirm_phone',
  message: 'ask_message',
  parties: 'ask_parties',
  story: 'ask_story',
  when: 'ask_when',
  where: 'ask_where',
  other_lawyer: 'ask_other_lawyer',
  appointment: 'ask_appointment',
  anything_else: 'ask_anything_else',
};

/** Firm name, AI and recording notice, then the first question: under 12 s when spoken. */
export function greetingOf(firm: FirmProfile): Act {
  const template =
    `Thank you for calling ${nameAloud(firm.name)}. I am an AI assistant, not a lawyer. You can ask for a person. ` +
    `This call is ${firm.recording === 'never' ? 'transcribed' : 'recorded and transcribed'}. Is that okay, and how can we help?`;
  return { kind: 'greeting', template, closesCall: false, asks: 'recording' };
}

/** What the agent does now. */
export function decide(state: CallState, firm: FirmProfile): Act {
  if (state.crisis) return crisisAct(state, state.crisis);
  if (!state.lastAct) return greetingOf(firm);
  if (handsOver(state, firm)) return closingAct('transfer', closingWords.transfer);
  if (state.lastAct.closesCall) return closingAct('goodbye', closingWords.goodbye);
  if (state.facts.callerKind === 'wrong_number') return closingAct('wrong_number', closingWords.wrong_number);
  const interrupt = interruptOf(state, firm);
  if (interrupt && !state.signals.has('goodbye')) return withQuestion(interrupt, state, firm);
  return state.signals.has('goodbye') ? closing(state, firm) : plainQuestion(state, firm);
}

/**
 * Who asks for a person is handed over where one answers, and again when they spoke into the words that say so. Not in
 * danger: then 9 1 1 or 9 8 8 comes first, and no telephone of a law firm stands in their way.
 */
const handsOver = ({ wantsPerson, signals, lastAct }: CallState, firm: FirmProfile): boolean =>
  firm.telephone !== undefined &&
  wantsPerson &&
  !signals.has('goodbye') &&
  (signals.has('person') || lastAct?.kind === 'transfer');

function crisisAct(state: CallState, crisis: 'emergency' | 'suicidal'): Act {
  const words = crisis === 'emergency' ? emergencyWords : suicidalWords;
  const again = state.lastAct?.kind === crisis;
  return { kind: crisis, template: words[again ? 1 : 0], closesCall: false, asks: null };
}

/** An area code and an exchange: with more than these digits something was misheard, and the number is asked for again. */
const MOST_TO_CONTINUE = 6;

type Interrupt = { kind: ActKind; words: string };

/** The one thing that must be answered before the next question, most important first. */
function interruptOf(state: CallState, firm: FirmProfile): Interrupt | null {
  const say = (kind: keyof typeof interruptWords): Interrupt => ({ kind, words: interruptWords[kind] });
  const { signals } = state;
  if (signals.has('card')) return say('refuse_card');
  if (state.facts.consents.recording?.value === 'refused' && !state.refusalHeard) {
    const also = signals.has('person')
      ? ` ${interruptWords.offer_person}`
      : signals.has('advice')
        ? ` ${interruptWords.decline_advice}`
        : '';
    return { kind: 'recording_refused', words: interruptWords.recording_refused + also };
  }
  if (signals.has('injection')) return say('stay_in_role');
  if (signals.has('robot')) return say('disclose_ai');
  if (signals.has('person')) return say('offer_person');
  if (signals.has('advice')) return say('decline_advice');
  return signals.has('fee') ? { kind: 'state_fee', words: feeWords(state, firm) } : null;
}

/** Only the published consultation fee, never what a case will cost. */
function feeWords(state: CallState, firm: FirmProfile): string {
  const area = knownArea(state);
  const person = 'Any other question about cost is for the attorney.';
  if (area === undefined) return `The consultation fee depends on the kind of matter. ${person}`;
  const fee = firm.consultationFees[area];
  return fee
    ? `The published consultation fee for that is ${moneyAloud(fee.amountCents)}. ${person}`
    : `There is no fee for the first consultation. ${person}`;
}

function withQuestion(interrupt: Interrupt, state: CallState, firm: FirmProfile): Act {
  const question = nextQuestion(state, firm);
  if (!question) return prefixed(interrupt.words, closing(state, firm));
  return {
    kind: interrupt.kind,
    template: `${interrupt.words} ${questionWords(state, question, firm, false)}`,
    closesCall: false,
    asks: question,
  };
}

const prefixed = (words: string, act: Act): Act => ({ ...act, template: `${words} ${act.template}` });

function plainQuestion(state: CallState, firm: FirmProfile): Act {
  const question = nextQuestion(state, firm);
  if (!question) return closing(state, firm);
  const words = questionWords(state, question, firm, (state.times[question] ?? 0) > 0);
  // A second wording that begins with an apology is its own acknowledgement.
  const template = /^(?:I am sorry|I did not|I just|So far)/.test(words)
    ? words
    : `${acknowledgement(state)}${words}`;
  return { kind: kindOfQuestion[question], template, closesCall: false, asks: question };
}

/** `again`: the caller answered, but not with what was asked. */
function questionWords(state: CallState, question: Question, firm: FirmProfile, again: boolean): string {
  const { facts } = state;
  const area = knownArea(state);
  const ahead = question === 'when' && (area === 'estate' || area === 'bankruptcy' || area === 'immigration');
  const both = ahead ? DATE_AHEAD : askWords[question];
  const words = both[again ? 1 : 0];
  if (question === 'recording' && firm.recording === 'never') return words.replace('recorded', 'transcribed');
  if (question === 'name' && facts.contact.firstName && !facts.contact.lastName)
    return 'And what is your last name?';
  if (question === 'phone' && facts.partialDigits !== '' && facts.partialDigits.length <= MOST_TO_CONTINUE) {
    return `So far I have ${digitsAloud(facts.partialDigits)}. What is the rest of the number?`;
  }
  return words.replace('{phone}', phoneAloud(facts.contact.phone?.value ?? ''));
}

function acknowledgement(state: CallState): string {
  const first = state.facts.contact.firstName?.value;
  if (state.signals.has('repeat')) return 'Of course. ';
  if (state.news === 'name' && first !== undefined) return `Thank you, ${nameAloud(first)}. `;
  if (state.news === 'area') return 'I am sorry you are dealing with that. ';
  return state.news === 'something' ? 'Thank you. ' : 'Okay. ';
}

function closing(state: CallState, firm: FirmProfile): Act {
  if (outOfArea(state, firm) && !leavesMessage(state))
    return closingAct('closing_referral', closingWords.referral);
  const first = state.facts.contact.firstName?.value;
  const thanks = first === undefined ? 'Thank you.' : `Thank you, ${nameAloud(first)}.`;
  const reachable = state.facts.contact.phone ?? state.facts.contact.email ?? state.facts.thisLine;
  const handover = reachable ? `${closingWords.handover} ` : 'You can call back at any time. ';
  return closingAct(
    leavesMessage(state) ? 'closing_message' : 'closing',
    `${thanks} ${handover}${closingWords.disclosure}`,
  );
}

const closingAct = (kind: ActKind, template: string): Act => ({
  kind,
  template,
  closesCall: true,
  asks: null,
});
