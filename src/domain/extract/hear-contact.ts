/** Who is calling and how to reach them. */
import { yesOrNo } from './consents.js';
import { findEmail } from './email.js';
import { corrected } from './facts.js';
import type { Facts } from './facts.js';
import { field } from './hearing.js';
import type { Hearing, Topic } from './hearing.js';
import { findName } from './names.js';
import type { NamePart } from './names.js';
import { findPhone, partialDigits, REFUSES_NUMBER, THIS_LINE, toE164 } from './phone.js';
import type { Field } from '../intake.js';

export const name: Topic = (facts, h) => {
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

export const phone: Topic = (facts, h) => {
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

export const email: Topic = (facts, h) => {
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
