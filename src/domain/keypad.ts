/** Keys of a telephone as answers: what a row of them means depends on what was asked. */
import type { Question } from './extract/question.js';

/** `yes_no`: 1 is yes and 2 is no. `phone`: a telephone number. `any`: whatever the caller wants to dial. */
export type KeysExpected = 'yes_no' | 'phone' | 'any';

const closed: ReadonlySet<Question> = new Set(['recording', 'safety', 'phone_ok', 'other_lawyer']);

/** What the keys are when this was asked last. */
export function keysExpectedFor(asks: Question | null): KeysExpected {
  if (asks === 'phone') return 'phone';
  return asks !== null && closed.has(asks) ? 'yes_no' : 'any';
}

/** North American numbers have ten digits, or eleven with the leading 1 that no area code begins with. */
const WHOLE_PHONE = /^(?:1\d{10}|[2-9]\d{9})$/;
const answers: Readonly<Record<string, string>> = { '1': 'yes', '2': 'no' };

/** Whether nothing more is to be expected, so that nobody waits for a pause or the `#`. */
export function isWholeKeyed(keys: string, expected: KeysExpected): boolean {
  if (expected === 'phone') return WHOLE_PHONE.test(keys);
  return expected === 'yes_no' && keys in answers;
}

/** The caller's turn these keys are. The record shows that it was keyed: "yes (pressed 1)". */
export function turnOfKeys(keys: string, expected: KeysExpected): string {
  const answer = expected === 'yes_no' ? answers[keys] : undefined;
  return answer === undefined ? keys : `${answer} (pressed ${keys})`;
}
