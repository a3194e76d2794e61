/** Which of the dates a caller says matter, and what they are: the incident, a hearing, a deadline, service of papers. */
import { dayOf, isoOf } from './calendar.js';
import type { Day } from './calendar.js';
import { spokenDates } from './date-words.js';
import type { Direction, SpokenDate } from './spoken-date.js';
import type { KeyDate } from '../intake.js';
import type { Question } from './question.js';
import type { Utterance } from './utterance.js';

export interface DateReading extends KeyDate {
  from: number;
  to: number;
}

const HEARING = /\b(?:court|hearing|judge|trial|arraign\w*|corte|juez)\b/;
const DEADLINE =
  /\b(?:deadline|due|sign by|have until|(?:foreclosure )?sale|auction\w*|selling|foreclos\w*|collections|lock ?out|locked out|courthouse steps|expires?|evicted? (?:by|on))\b/;
const SERVED = /\b(?:served|summons|papers|handed|notice|posted|on my door)\b/;
const BIRTH = /\b(?:birth|born|birthday)\b/;
const APPOINTMENT = /\b(?:appointment|consultation|call me|available)\b/;
/** Said right after a date, it makes an appointment of it: "tomorrow at ten works", "friday is fine". */
const AGREED =
  /^[^|]{0,25}\b(?:works|is (?:fine|okay|ok|good|better)|(?:fine|okay|ok) |o'clock|video|in person)/;
const HAPPENED =
  /\b(?:was|were|happened|hit|hurt|injured|fell|got|arrested|fired|stopped|ended|took|taken|passed|died|accident|crash\w*|wreck\w*|slipped|rear|left|let me go|moved|separated|had)\b/;
/** Days: a date without a year that lies this far back and this near ahead is rather the coming one. */
const [LONG_PAST, SOON] = [300, 65];
/** Characters before a date in which a verb of the past belongs to it. */
const NEAR = 25;
/** Characters of speech on either side of a date that tell what it is. */
const REACH = 70;

/** Dates of the matter in these words, in order; dates of appointments, birthdays and small talk are left out. */
export function findDates(u: Utterance, asked: Question | null, today: Day): DateReading[] {
  return spokenDates(u, today).flatMap((date): DateReading[] => {
    const type = kindOf(u, date, asked);
    if (!type) return [];
    const way = date.leans === 'either' ? directionOf(type) : date.leans;
    const [day, ahead] = [date.resolve(way), date.resolve('future')];
    if (day === null || !inRange(day)) return [];
    const span = { precision: date.precision, from: date.from, to: date.to };
    // "December ninth" in mid-November is next month's, unless it is told as the past.
    const upcoming =
      type === 'incident' &&
      ahead !== null &&
      today - day > LONG_PAST &&
      ahead - today <= SOON &&
      ahead >= today;
    const told = HAPPENED.test(u.plain.slice(0, u.offsets[date.from]).slice(-NEAR));
    if (upcoming && !told && date.leans === 'either') return [{ type: 'other', date: isoOf(ahead), ...span }];
    return [{ type, date: isoOf(day), ...span }];
  });
}

/** Years 1900–2099: a clock far off gives no dates rather than wrong ones. */
const inRange = (day: Day): boolean => day >= EARLIEST && day <= LATEST;
const [EARLIEST, LATEST] = [dayOf(1900, 1, 1) ?? 0, dayOf(2099, 12, 31) ?? 0];

const directionOf = (type: KeyDate['type']): Direction =>
  type === 'hearing' || type === 'deadline' ? 'future' : 'past';

function kindOf(u: Utterance, date: SpokenDate, asked: Question | null): KeyDate['type'] | null {
  const at = u.offsets[date.from] ?? 0;
  const end = u.offsets[date.to] ?? u.plain.length;
  const before = u.plain.slice(Math.max(0, at - REACH), at);
  const after = u.plain.slice(end, end + REACH);
  if (BIRTH.test(before) || /\bsince (?:the )?$/.test(before)) return null;
  const clause = `${before.slice(before.lastIndexOf('|') + 1)} . ${after.split('|')[0] ?? ''}`;
  if (date.leans !== 'past' && HEARING.test(clause)) return 'hearing';
  if (date.leans !== 'past' && DEADLINE.test(clause)) return 'deadline';
  if (date.leans === 'future') return asked === 'when' ? 'other' : null;
  if (date.leans === 'either' && asked !== 'when' && (APPOINTMENT.test(clause) || AGREED.test(after)))
    return null;
  if (SERVED.test(clause)) return 'served';
  if (HEARING.test(clause)) return 'hearing';
  return !date.bare || asked === 'when' || HAPPENED.test(clause) ? 'incident' : null;
}
