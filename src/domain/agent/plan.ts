/** Which question comes next. The order is the intake's: danger, a way to call back, names for the conflict check, facts. */
import { areaOf } from '../extract/facts.js';
import { ENOUGH } from '../extract/areas.js';
import type { FirmProfile, PracticeArea } from '../firm.js';
import { questions, type Question } from '../extract/question.js';
import type { CallState } from './state.js';

/** How often a question may be asked at all. */
const MOST_ASKED = 2;
/** Questions asked once: any answer settles them, there is nothing to check it against. */
const ONCE: ReadonlySet<Question> = new Set([
  'safety',
  'message',
  'parties',
  'story',
  'where',
  'other_lawyer',
  'appointment',
  'anything_else',
]);
/** A story of this many words needs no second telling. */
const TOLD_WORDS = 30;

export const knownArea = (state: CallState): PracticeArea | undefined => areaOf(state.facts, ENOUGH)?.value;

/** The caller's problem is one the firm does not take. */
export function outOfArea(state: CallState, firm: FirmProfile): boolean {
  const area = knownArea(state);
  return area !== undefined && !firm.practiceAreas.includes(area);
}

/** The caller leaves a message: wants a person, is a client already, or sells something. */
export const leavesMessage = (state: CallState): boolean =>
  state.wantsPerson || state.facts.callerKind === 'existing_client' || state.facts.callerKind === 'vendor';

function settled(state: CallState, question: Question): boolean {
  const { facts } = state;
  switch (question) {
    case 'recording':
      return facts.consents.recording !== undefined;
    case 'reason':
      return knownArea(state) !== undefined || facts.narrative.length > 0 || leavesMessage(state);
    case 'safety':
      return knownArea(state) !== 'family';
    case 'name':
      return facts.contact.firstName !== undefined && facts.contact.lastName !== undefined;
    case 'phone':
      return facts.contact.phone !== undefined;
    case 'phone_ok':
      return facts.contact.phone === undefined || state.phoneConfirmed;
    case 'message':
      return facts.narrative.length > 1;
    case 'parties':
      return facts.parties.length > 1;
    case 'story':
      return facts.narrative.reduce((words, piece) => words + piece.value.split(' ').length, 0) >= TOLD_WORDS;
    case 'when':
      return facts.keyDates.length > 0;
    case 'where':
      return facts.state !== undefined;
    case 'other_lawyer':
      return facts.otherLawyer !== undefined;
    case 'appointment':
      return facts.appointment !== undefined;
    case 'anything_else':
      return false;
  }
}

const FULL: readonly Question[] = questions.filter((question) => question !== 'message');
const MESSAGE: readonly Question[] = ['recording', 'name', 'phone', 'phone_ok', 'message'];
const DECLINED: readonly Question[] = ['recording', 'name', 'phone', 'phone_ok'];

/** The next question that is open and may still be asked; null when it is time to close. */
export function nextQuestion(state: CallState, firm: FirmProfile): Question | null {
  const plan = leavesMessage(state) ? MESSAGE : outOfArea(state, firm) ? DECLINED : FULL;
  for (const question of plan) {
    if (question === 'appointment' && !firm.appointments) continue;
    const times = state.times[question] ?? 0;
    const repeated = state.asked === question && state.signals.has('repeat');
    const most = ONCE.has(question) && !repeated ? 1 : MOST_ASKED;
    if (times < most && !settled(state, question)) return question;
  }
  return null;
}
