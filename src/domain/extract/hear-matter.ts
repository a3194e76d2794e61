/** What it is about, when and where it happened, and who else is in it. */
import { areaHits } from './areas.js';
import { findDates } from './dates.js';
import { corrected } from './facts.js';
import type { Facts } from './facts.js';
import { field } from './hearing.js';
import type { Topic } from './hearing.js';
import { findParties, roleMentioned } from './parties.js';
import { findState } from './states.js';
import { fold } from './utterance.js';
import type { Field } from '../intake.js';

export const area: Topic = (facts, h) => {
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

export const dates: Topic = (facts, h) => {
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

export const place: Topic = (facts, h) => {
  const reading = findState(h.u, h.asked);
  if (!reading || (facts.state && h.asked !== 'where' && !CORRECTING.test(h.u.plain))) return facts;
  const kept = corrected(facts, 'matter.state', facts.state, reading.value);
  return { ...kept, state: field(h, reading.value, reading, 0.9) };
};

export const parties: Topic = (facts, h) => {
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
