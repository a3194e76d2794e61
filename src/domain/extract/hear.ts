/** One caller turn → what is known after it. Each topic is one small step; together they are a fold over the call. */
import { appointment } from './hear-appointment.js';
import { areaHits, ENOUGH } from './areas.js';
import { callerKind } from './caller-kind.js';
import { recordingConsent, smsConsent, yesOrNo } from './consents.js';
import { areaOf, corrected } from './facts.js';
import type { Facts } from './facts.js';
import { email, name, phone } from './hear-contact.js';
import { area, dates, parties, place } from './hear-matter.js';
import { whole } from './hearing.js';
import type { Hearing, Topic } from './hearing.js';
import type { Question } from './question.js';

const consents: Topic = (facts, h) => {
  let next = facts;
  const put = (key: 'recording' | 'sms', value: 'granted' | 'refused' | null): void => {
    if (value === null) return;
    const kept = corrected(next, `consents.${key}`, next.consents[key], value);
    next = { ...kept, consents: { ...kept.consents, [key]: whole(h, value, 0.9) } };
  };
  put('recording', recordingConsent(h.u, h.asked));
  put('sms', smsConsent(h.u));
  return next;
};

const NO_LAWYER = /\b(?:no|not|never|any)\b[^|]{0,30}\b(?:lawyer|attorney)\b|\bno lawyer\b/;
const HAS_LAWYER =
  /\b(?:i|we) (?:already )?have an? (?:lawyer|attorney)\b|\bmy (?:old |other |current )?(?:lawyer|attorney)\b/;

const otherLawyer: Topic = (facts, h) => {
  const said = HAS_LAWYER.test(h.u.plain) ? 'yes' : NO_LAWYER.test(h.u.plain) ? 'no' : null;
  const answer = said ?? (h.asked === 'other_lawyer' ? yesOrNo(h.u) : null);
  return answer ? { ...facts, otherLawyer: answer } : facts;
};

/** Questions whose answer tells of the problem itself. */
const TELLING: ReadonlySet<Question | null> = new Set([
  'recording',
  'reason',
  'story',
  'anything_else',
  'message',
  'other_lawyer',
  'when',
  'where',
  'parties',
]);

const narrative: Topic = (facts, h) => {
  const told =
    (TELLING.has(h.asked) && h.u.tokens.length >= 5) || areaHits(h.u).some((hit) => hit.weight > 1);
  // An area the firm does not take: no more of it than the first words, they may be a secret of somebody else's client.
  const enough = areaOf(facts, ENOUGH)?.value === 'out_of_scope' && facts.narrative.length > 0;
  if (!told || enough || facts.narrative.length >= 40) return facts;
  return { ...facts, narrative: [...facts.narrative, whole(h, h.u.text, 1)] };
};

const caller: Topic = (facts, h) => ({
  ...facts,
  callerKind: callerKind(h.u) ?? facts.callerKind,
  firstCallerTurn: facts.firstCallerTurn || h.turn,
});

const topics: readonly Topic[] = [
  caller,
  name,
  phone,
  email,
  area,
  dates,
  appointment,
  place,
  parties,
  consents,
  otherLawyer,
  narrative,
];

/** What is known after one more caller turn. Never throws; an empty utterance changes nothing but the turn count. */
export const hear = (facts: Facts, hearing: Hearing): Facts =>
  topics.reduce((known, topic) => topic(known, hearing), facts);
