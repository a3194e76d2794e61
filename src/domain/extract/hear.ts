/** One caller turn → what is known after it. Each topic is one small step; together they are a fold over the call. */
import { yesOrNo, recordingConsent, smsConsent } from './consents.js';
import { areaHits, ENOUGH } from './areas.js';
import { areaOf, corrected } from './facts.js';
import type { Facts } from './facts.js';
import { callerKind } from './caller-kind.js';
import { findDates } from './dates.js';
import { findEmail } from './email.js';
import { findName } from './names.js';
import type { NamePart } from './names.js';
import { findParties, roleMentioned } from './parties.js';
import { findPhone, partialDigits, REFUSES_NUMBER, THIS_LINE, toE164 } from './phone.js';
import { findState } from './states.js';
import { fold, spoken } from './utterance.js';
import type { Utterance } from './utterance.js';
import type { Day } from './calendar.js';
import type { Field } from '../intake.js';
import type { Question } from './question.js';

/** A caller turn as the topics see it. */
export interface Hearing {
  u: Utterance;
  turn: number;
  /** What the agent had asked last; null before the first question. */
  asked: Question | null;
  /** The day of the call in the firm's zone. */
  today: Day;
}
type Topic = (facts: Facts, h: Hearing) => Facts;

const field = <T>(
  h: Hearing,
  value: T,
  span: { from: number; to: number },
  confidence: number,
): Field<T> => ({
  value,
  source: 'caller',
  turn: h.turn,
  confidence,
  verbatim: spoken(h.u, span.from, span.to),
});
const whole = <T>(h: Hearing, value: T, confidence: number): Field<T> =>
  field(h, value, { from: 0, to: h.u.tokens.length }, confidence);

const name: Topic = (facts, h) => {
  const { firstName, lastName } = facts.contact;
  const reading = findName(h.u, h.asked, { first: firstName?.value, last: lastName?.value });
  if (!reading) return facts;
  const known = firstName !== undefined || lastName !== undefined;
  // A passing "this is …" never replaces a name that was given as such.
  if (known && reading.strength < facts.nameStrength && !reading.spelled && h.asked !== 'name') return facts;
  const confidence = reading.spelled ? 0.98 : { 1: 0.6, 2: 0.85, 3: 0.92 }[reading.strength];
  const put = (into: Facts, key: 'firstName' | 'lastName', part: NamePart | undefined): Facts => {
    if (!part || part.value === '') return into;
    const kept = corrected(into, `contact.${key}`, into.contact[key], part.value);
    return { ...kept, contact: { ...kept.contact, [key]: field(h, part.value, part, confidence) } };
  };
  const next = put(put(facts, 'firstName', reading.first), 'lastName', reading.last);
  return { ...next, nameStrength: Math.max(facts.nameStrength, reading.strength) };
};

const phone: Topic = (facts, h) => {
  const refused = refusedNumber(facts, h);
  const reading = findPhone(h.u);
  if (reading) return withPhone(refused, field(h, reading.value, reading, 0.95));
  if (THIS_LINE.test(h.u.plain))
    return { ...refused, thisLine: { turn: h.turn, verbatim: h.u.text.slice(0, 2_000) } };
  const part = partialDigits(h.u);
  if (h.asked !== 'phone' || !part) return refused;
  const joined = toE164(refused.partialDigits + part.digits);
  if (joined) return withPhone(refused, field(h, joined, part, 0.8));
  return { ...refused, partialDigits: part.digits };
};

function withPhone(facts: Facts, now: Field<string>): Facts {
  if (facts.refusedPhones.includes(now.value)) return facts;
  const kept = corrected(facts, 'contact.phone', facts.contact.phone, now.value);
  return { ...kept, contact: { ...kept.contact, phone: now }, partialDigits: '' };
}

/** "Don't use that number": it goes to the corrections and never comes back, not even as the caller id. */
function refusedNumber(facts: Facts, h: Hearing): Facts {
  const wrong = h.asked === 'phone_ok' && yesOrNo(h.u) === 'no';
  if (!wrong && !REFUSES_NUMBER.test(h.u.plain)) return facts;
  const { phone: was, ...contact } = facts.contact;
  if (!was) return wrong ? facts : { ...facts, thisLineRefused: true };
  const kept = corrected(facts, 'contact.phone', was, null);
  return { ...kept, contact, refusedPhones: wrong ? kept.refusedPhones : [...kept.refusedPhones, was.value] };
}

const email: Topic = (facts, h) => {
  const reading = findEmail(h.u);
  if (!reading || reading.value.length > 120) return facts;
  const kept = corrected(facts, 'contact.email', facts.contact.email, reading.value);
  const now: Field<string> = {
    value: reading.value,
    source: 'caller',
    turn: h.turn,
    confidence: reading.confidence,
    verbatim: reading.verbatim,
  };
  return { ...kept, contact: { ...kept.contact, email: now } };
};

const area: Topic = (facts, h) => {
  const areas = { ...facts.areas };
  const phrases = new Set(facts.phrases);
  for (const hit of areaHits(h.u)) {
    const key = `${hit.area}:${hit.phrase}`;
    if (phrases.has(key)) continue;
    phrases.add(key);
    const was = areas[hit.area];
    const best = Math.max(was?.best ?? 0, hit.weight);
    const named = !was || hit.weight > was.best ? field(h, hit.area, hit, hit.weight / 3) : was.field;
    areas[hit.area] = { weight: (was?.weight ?? 0) + hit.weight, best, field: named };
  }
  return phrases.size === facts.phrases.length ? facts : { ...facts, areas, phrases: [...phrases] };
};

const CORRECTING =
  /\b(?:actually|no wait|wait|sorry|correction|i meant|i mean|not the|it was (?:really|actually)|i was wrong)\b/;

const dates: Topic = (facts, h) => {
  let next = facts;
  for (const { type, date, precision, from, to } of findDates(h.u, h.asked, h.today)) {
    const now = field(h, { type, date, precision }, { from, to }, precision === 'day' ? 0.9 : 0.6);
    const restated = h.asked === 'when' || next.incidentDate?.turn === h.turn || CORRECTING.test(h.u.plain);
    // Once the day is known, other days in the story ("last year", "on monday I saw a doctor") are not the incident.
    if (type === 'incident' && next.incidentDate && !restated) continue;
    const same = next.keyDates.some((known) => known.value.type === type && known.value.date === date);
    if (!same) next = { ...next, keyDates: [...next.keyDates, now] };
    if (precision === 'day' && (type === 'incident' || (type === 'served' && !next.incidentDate))) {
      next = withIncident(next, { ...now, value: date });
    }
  }
  return next;
};

function withIncident(facts: Facts, now: Field<string>): Facts {
  const was = facts.incidentDate;
  if (!was || was.value === now.value) return { ...facts, incidentDate: was ?? now };
  const keyDates = facts.keyDates.filter(
    ({ value }) => value.type !== 'incident' || value.date !== was.value,
  );
  return { ...corrected(facts, 'matter.incidentDate', was, now.value), incidentDate: now, keyDates };
}

const place: Topic = (facts, h) => {
  const reading = findState(h.u, h.asked);
  if (!reading || (facts.state && h.asked !== 'where' && !CORRECTING.test(h.u.plain))) return facts;
  const kept = corrected(facts, 'matter.state', facts.state, reading.value);
  return { ...kept, state: field(h, reading.value, reading, 0.9) };
};

const parties: Topic = (facts, h) => {
  const { firstName, lastName } = facts.contact;
  const own = [
    fold(`${firstName?.value ?? ''} ${lastName?.value ?? ''}`).trim(),
    fold(firstName?.value ?? ''),
    fold(lastName?.value ?? ''),
  ];
  const known = [...facts.parties];
  for (const reading of findParties(h.u, h.asked, facts.recentRole, lastName !== undefined)) {
    const folded = fold(reading.name);
    if (reading.name === '' || own.includes(folded)) continue;
    const now = field(h, { name: reading.name, role: reading.role }, reading, h.u.cased ? 0.85 : 0.7);
    const at = known.findIndex((other) => sameParty(fold(other.value.name), folded));
    const was = known[at];
    if (!was) known.push(now);
    else if (folded.length > was.value.name.length)
      known[at] = { ...now, value: { name: reading.name, role: was.value.role } };
  }
  const recentRole = roleMentioned(h.u) ?? facts.recentRole;
  return { ...facts, parties: known.slice(0, 40), recentRole };
};

const sameParty = (a: string, b: string): boolean =>
  a === b || a.startsWith(`${b} `) || b.startsWith(`${a} `);

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
  place,
  parties,
  consents,
  otherLawyer,
  narrative,
];

/** What is known after one more caller turn. Never throws; an empty utterance changes nothing but the turn count. */
export const hear = (facts: Facts, hearing: Hearing): Facts =>
  topics.reduce((known, topic) => topic(known, hearing), facts);
