/** Yes, no, and what the caller agrees to. */
import type { Question } from './question.js';
import type { Utterance } from './utterance.js';

const YES =
  /^(?:(?:uh|um|oh|hi|hello|hey|well|so|ok|okay|,|\|) )*(?:yes|yeah|yep|yup|ya|sure|of course|correct|right|that is (?:right|correct|fine|okay|ok|good|it)|that 's (?:right|correct|fine|okay|ok|good|al(?:l )?right|it)|go ahead|absolutely|fine|al(?:l )?right|no problem|i (?:agree|consent|do)|it is (?:fine|okay|ok)|it 's (?:fine|okay|ok)|you can|you may|si|claro|uh huh|mm hmm|perfect|please do|okay|ok)\b/;
const NO =
  /^(?:(?:uh|um|oh|hi|hello|hey|well|so|ok|okay|actually|,|\|) )*(?:no|nope|nah|now(?= (?:i (?:do|am|have)|that is|that 's|it is|there)|$)|not really|i do not|do not|that is (?:not|wrong)|that 's (?:not|wrong)|wrong|incorrect|negative)\b(?! (?:, )?(?:problem|worries|objection|that is fine|that 's fine|it is fine|it 's fine))/;
const NO_OBJECTION =
  /\b(?:no (?:problem|objection|worries)|do not mind|do not care|not a problem|without a problem)\b/;
const RECORDING = /\b(?:record|recorded|recording|records|tape|taping|graben|grabar|grabacion|transcribe)\b/;
const REFUSAL =
  /\b(?:not|never|no|stop|without|refuse|rather not|off|object)\b[^|]{0,30}\b(?:record|recorded|recording|tape|taping)\b|\b(?:record|recorded|recording|tape|taping)\b[^|]{0,16}\b(?:off|not (?:ok|okay|fine|allowed))\b|\bturn (?:it|that) off\b|\bstop (?:the )?recording\b/;
/** "Delete what you have recorded", asked of us; what others deleted is part of the caller's story. */
const ERASURE =
  /(?:^|[|,] |\bplease |\byou to |\b(?:can|could|will|would) you |\brecording (?:and|then) )(?:and |then |also |please |just )*(?:delete|erase|destroy|wipe|discard|remove|get rid of|throw away) (?:[\w']+ ){0,4}(?:record|recorded|recording|recordings|tape)\b|\bi (?:want|need|would like) (?:[\w']+ ){1,4}(?:deleted|erased|destroyed|wiped)\b|\bstop recording\b[^|]{0,20}\b(?:delete|erase) (?:it|that|this|everything)\b/;
const AGREEMENT =
  /\b(?:can|may|fine|ok|okay|good|yes|yeah|sure|al(?:l )?right|agree|go ahead|consent|bien|si|allowed)\b[^|]{0,40}\b(?:record\w*|tape|graben|grabar)\b|\b(?:record\w*|tape|graben|grabar)\b[^|]{0,24}\b(?:fine|ok|okay|good|al(?:l )?right|go ahead|agree|works)\b|(?:^|[|,] )(?:you )?record (?:it|me|this|away)\b/;
const SMS = /\b(?:text|texts|texting|sms|por mensaje)\b/;
const SMS_NO = /\b(?:no|not|never|stop|without)\b[^|,]{0,20}\b(?:text|texts|texting|sms)\b/;
const SMS_YES =
  /\b(?:you can|can|may|please|okay to|ok to|yes)\b[^|]{0,20}\btext\b|\btext (?:me|is (?:ok|okay|fine|good))\b|\btexts? (?:are|is|'s) (?:ok|okay|fine|good)\b|\bpor mensaje\b|\bsend (?:me )?(?:a|the|it by) text\b|\bby text\b/;

/** A plain yes or no at the start of an answer; null when it is neither. */
export const yesOrNo = (u: Utterance): 'yes' | 'no' | null => answerIn(u.plain);

function answerIn(plain: string): 'yes' | 'no' | null {
  if (NO_OBJECTION.test(plain)) return 'yes';
  if (NO.test(plain)) return 'no';
  return YES.test(plain) ? 'yes' : null;
}

/**
 * Consent to be recorded: said in so many words at any time, or a yes or no to the question. A doubtful "no" counts as a
 * refusal, because recording without consent cannot be undone.
 */
export function recordingConsent(u: Utterance, asked: Question | null): 'granted' | 'refused' | null {
  if (RECORDING.test(u.plain) || /\bturn it off\b/.test(u.plain)) {
    if (NO_OBJECTION.test(u.plain)) return 'granted';
    if (REFUSAL.test(u.plain) || ERASURE.test(u.plain)) return 'refused';
    if (AGREEMENT.test(u.plain)) return 'granted';
  }
  if (asked !== 'recording') return null;
  const clauses = RECORDING.test(u.plain) ? u.plain.split(' | ') : [u.plain];
  const answer = clauses.map(answerIn).find((one) => one !== null) ?? null;
  return answer === null ? null : answer === 'yes' ? 'granted' : 'refused';
}

/** The words name recording at all. */
export const speaksOfRecording = (u: Utterance): boolean => RECORDING.test(u.plain);

/** What was recorded so far is to be deleted. A negated wish ("do not delete it") is none. */
export const asksToErase = (u: Utterance): boolean =>
  ERASURE.test(u.plain) && !/\b(?:not|never) (?:delete|erase|destroy|wipe|discard|remove)\b/.test(u.plain);

/** Consent to text messages about this enquiry. */
export function smsConsent(u: Utterance): 'granted' | 'refused' | null {
  if (!SMS.test(u.plain)) return null;
  if (SMS_NO.test(u.plain)) return 'refused';
  return SMS_YES.test(u.plain) ? 'granted' : null;
}
