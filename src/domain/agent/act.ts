/** What the agent does next: decided by code, worded by a template that a model may rephrase. */
import type { Question } from '../extract/question.js';

export type ActKind =
  | 'greeting'
  | 'ask_recording'
  | 'ask_reason'
  | 'ask_safety'
  | 'ask_name'
  | 'ask_phone'
  | 'confirm_phone'
  | 'ask_message'
  | 'ask_parties'
  | 'ask_story'
  | 'ask_when'
  | 'ask_where'
  | 'ask_other_lawyer'
  | 'ask_appointment'
  | 'ask_anything_else'
  | 'closing'
  | 'closing_message'
  | 'closing_referral'
  | 'wrong_number'
  | 'goodbye'
  | 'emergency'
  | 'suicidal'
  | 'recording_refused'
  | 'disclose_ai'
  | 'decline_advice'
  | 'offer_person'
  | 'transfer'
  | 'refuse_card'
  | 'state_fee'
  | 'stay_in_role'
  | 'still_there'
  | 'silence_goodbye';

export interface Act {
  kind: ActKind;
  /** Ready sentences, fit to be spoken as they are: no signs, no numbers but words and single digits, one question at most. */
  template: string;
  /** The call ends when this has been spoken. */
  closesCall: boolean;
  /** What it asks for; null when it asks nothing. */
  asks: Question | null;
}

/** Acts whose very words matter: notices, crisis lines, refusals of advice, digits read back. No model rephrases them. */
const fixedActs: ReadonlySet<ActKind> = new Set([
  'greeting',
  'ask_recording',
  'confirm_phone',
  'closing',
  'closing_message',
  'closing_referral',
  'emergency',
  'suicidal',
  'recording_refused',
  'disclose_ai',
  'decline_advice',
  'transfer',
  'refuse_card',
  'state_fee',
  'still_there',
  'silence_goodbye',
]);

/** Whether the act must be spoken exactly as its template says. */
export const isVerbatim = (kind: ActKind): boolean => fixedActs.has(kind);
