/** Dates as people say them, before it is known whether they look back or ahead. */
import { civil, dayOf, monthsBefore, weekdayOf } from './calendar.js';
import type { Day } from './calendar.js';
import { cardinal, dayOfMonth, year } from './numbers.js';
import type { Utterance } from './utterance.js';

export type Direction = 'past' | 'future';
export interface SpokenDate {
  from: number;
  to: number;
  precision: 'day' | 'month' | 'year' | 'approx';
  /** What the words themselves say ("last", "ago", "tomorrow"); `either` when only the topic can tell. */
  leans: Direction | 'either';
  /** A bare weekday or day of the month: needs a reason to be taken for a date of the matter. */
  bare: boolean;
  /** Null when there is no such day (30 February). */
  resolve(direction: Direction): Day | null;
}

const MONTHS = new Map(
  'january february march april may june july august september october november december'
    .split(' ')
    .flatMap((name, i): [string, number][] => [
      [name, i + 1],
      ...(name.length > 4 ? ([[name.slice(0, 3), i + 1]] as [string, number][]) : []),
    ]),
);
const WEEKDAYS = new Map(
  'sunday monday tuesday wednesday thursday friday saturday'.split(' ').map((name, i) => [name, i]),
);
const UNIT_DAYS: Readonly<Record<string, number>> = {
  day: 1,
  days: 1,
  night: 1,
  nights: 1,
  week: 7,
  weeks: 7,
};
const UNIT_MONTHS: Readonly<Record<string, number>> = { month: 1, months: 1, year: 12, years: 12 };

type Reader = (u: Utterance, i: number, today: Day) => SpokenDate | null;

/** Every date said, left to right, none overlapping. */
export function spokenDates(u: Utterance, today: Day): SpokenDate[] {
  const found: SpokenDate[] = [];
  for (let i = 0; i < u.tokens.length;) {
    const hit = firstHit(u, i, today);
    if (hit) found.push(hit);
    i = hit?.to ?? i + 1;
  }
  return found;
}

function firstHit(u: Utterance, i: number, today: Day): SpokenDate | null {
  for (const read of readers) {
    const hit = read(u, i, today);
    if (hit) return hit;
  }
  return null;
}

const word = (u: Utterance, i: number): string => u.tokens[i]?.norm ?? '';
const separator = (u: Utterance, i: number): string =>
  u.text.slice(u.tokens[i]?.end ?? 0, u.tokens[i + 1]?.start ?? 0);

/** 2026-11-14, 11/14/2026, 11/14. */
const numeric: Reader = (u, i, today) => {
  const [a, b, c] = [word(u, i), word(u, i + 1), word(u, i + 2)];
  if (!/^\d+$/.test(a) || !/^\d{1,2}$/.test(b)) return null;
  const base = { from: i, precision: 'day', leans: 'either', bare: false } as const;
  if (a.length === 4 && separator(u, i) === '-' && separator(u, i + 1) === '-' && /^\d{1,2}$/.test(c)) {
    return { ...base, to: i + 3, resolve: () => dayOf(Number(a), Number(b), Number(c)) };
  }
  if (a.length > 2 || separator(u, i) !== '/') return null;
  const withYear = separator(u, i + 1) === '/' && /^(?:\d{2}|\d{4})$/.test(c);
  const y = withYear ? Number(c.length === 2 ? `20${c}` : c) : undefined;
  return {
    ...base,
    to: i + (withYear ? 3 : 2),
    resolve: (way) => nearest(Number(a), Number(b), y, way, today),
  };
};

/** "november (the) fourteenth (twenty twenty six)", "the fourteenth of november", "january this year". */
const monthAndDay: Reader = (u, i, today) => {
  const leading = dayOfMonth(u.tokens, i);
  if (leading && word(u, i + leading.length) === 'of') {
    const month = MONTHS.get(word(u, i + leading.length + 1));
    if (month !== undefined) return dated(u, i, i + leading.length + 2, month, leading.value, today);
  }
  const month = MONTHS.get(word(u, i));
  if (month === undefined) return null;
  const skip = word(u, i + 1) === 'the' ? 2 : 1;
  const day =
    year(u.tokens, i + 1) && !u.tokens[i + 1]?.norm.startsWith('twenty')
      ? null
      : dayOfMonth(u.tokens, i + skip);
  if (day) return dated(u, i, i + skip + day.length, month, day.value, today);
  return monthOnly(u, i, month, today);
};

function dated(u: Utterance, from: number, to: number, month: number, date: number, today: Day): SpokenDate {
  const of = ['of', 'in'].includes(word(u, to)) ? 1 : 0;
  const y = year(u.tokens, to + of) ?? relativeYear(u, to + of, today);
  return {
    from,
    to: y ? to + of + y.length : to,
    precision: 'day',
    leans: 'either',
    bare: false,
    resolve: (way) => nearest(month, date, y?.value, way, today),
  };
}

/** "may" and "march" are words too: a month alone counts after "in" or "of", or with a year. */
function monthOnly(u: Utterance, i: number, month: number, today: Day): SpokenDate | null {
  const of = word(u, i + 1) === 'of' ? 1 : 0;
  const y = year(u.tokens, i + 1 + of) ?? relativeYear(u, i + 1 + of, today);
  if (!y && !['in', 'last', 'this', 'early', 'late', 'mid'].includes(word(u, i - 1))) return null;
  return {
    from: i,
    to: y ? i + 1 + of + y.length : i + 1,
    precision: 'month',
    leans: 'either',
    bare: false,
    resolve: (way) => nearest(month, 1, y?.value, way, today),
  };
}

function relativeYear(u: Utterance, i: number, today: Day): { value: number; length: number } | null {
  if (word(u, i + 1) !== 'year') return null;
  const step = { this: 0, last: -1, next: 1 }[word(u, i)];
  return step === undefined ? null : { value: civil(today).year + step, length: 2 };
}

/** The given month and date in the given year, or in the nearest one that lies in the direction. */
function nearest(month: number, date: number, y: number | undefined, way: Direction, today: Day): Day | null {
  if (y !== undefined) return dayOf(y, month, date);
  const { year: now } = civil(today);
  const day = dayOf(now, month, date);
  if (day === null) return dayOf(now - 1, month, date);
  if (way === 'past' && day > today) return dayOf(now - 1, month, date);
  return way === 'future' && day < today ? dayOf(now + 1, month, date) : day;
}

/** "last saturday", "this past saturday the fourteenth", "on sunday morning, the fifteenth", "next monday". */
const weekday: Reader = (u, i, today) => {
  const modifiers = {
    last: 'past',
    past: 'past',
    this: 'either',
    next: 'future',
    coming: 'future',
    on: 'either',
  } as const;
  let at = i;
  let leans: Direction | 'either' = 'either';
  while (word(u, at) in modifiers && at - i < 3) {
    const said = modifiers[word(u, at) as keyof typeof modifiers];
    if (said !== 'either') leans = said;
    at += 1;
  }
  const target = WEEKDAYS.get(word(u, at));
  if (target === undefined) return null;
  let to = at + 1;
  if (['morning', 'afternoon', 'evening', 'night'].includes(word(u, to))) to += 1;
  const the = word(u, to) === 'the' ? 1 : 0;
  const date = dayOfMonth(u.tokens, to + the);
  const dateTo = date?.ordinal ? to + the + date.length : to;
  const base = { from: i, to: dateTo, precision: 'day', leans } as const;
  if (date?.ordinal) return { ...base, bare: false, resolve: (way) => withDate(date.value, way, today) };
  return { ...base, bare: at === i || leans === 'either', resolve: (way) => onWeekday(target, way, today) };
};

function onWeekday(target: number, way: Direction, today: Day): Day {
  const since = (weekdayOf(today) - target + 7) % 7;
  // "last saturday" on a Saturday is a week ago; so is "next saturday" a week ahead.
  return way === 'past' ? today - (since === 0 ? 7 : since) : today + (since === 0 ? 7 : 7 - since);
}

/** The nearest month in which that date lies in the direction. */
function withDate(date: number, way: Direction, today: Day): Day | null {
  const step = way === 'past' ? 1 : -1;
  for (let k = 0; k < 3; k++) {
    const { year: y, month: m } = civil(monthsBefore(today - civil(today).date + 1, k * step));
    const day = dayOf(y, m, date);
    if (day !== null && (way === 'past' ? day <= today : day >= today)) return day;
  }
  return null;
}

/** today, yesterday, the day before yesterday, last night, tomorrow … */
const nearby: Reader = (u, i, today) => {
  const two = `${word(u, i)} ${word(u, i + 1)}`;
  const at = (to: number, offset: number): SpokenDate => ({
    from: i,
    to,
    precision: 'day',
    leans: offset > 0 ? 'future' : 'past',
    bare: offset === 0,
    resolve: () => today + offset,
  });
  if (two === 'before yesterday') return at(i + 2, -2);
  if (two === 'after tomorrow') return at(i + 2, 2);
  if (two === 'last night') return at(i + 2, -1);
  if (two === 'this morning' || two === 'this afternoon') return at(i + 2, 0);
  const single = { today: 0, tonight: 0, yesterday: -1, tomorrow: 1 }[word(u, i)];
  return single === undefined ? null : at(i + 1, single);
};

/** "two weeks ago", "a month ago", "last year", "last week". */
const ago: Reader = (u, i, today) => {
  const count = cardinal(u.tokens, i);
  const unit = word(u, i + (count?.length ?? 1));
  if (count && word(u, i + count.length + 1) === 'ago') {
    const [days, months] = [UNIT_DAYS[unit], UNIT_MONTHS[unit]];
    const exact = days === 1;
    const to = i + count.length + 2;
    const past = { from: i, to, leans: 'past', bare: false, precision: exact ? 'day' : 'approx' } as const;
    if (days !== undefined) return { ...past, resolve: () => today - days * count.value };
    if (months !== undefined) return { ...past, resolve: () => monthsBefore(today, months * count.value) };
  }
  if (word(u, i) !== 'last') return null;
  const next = word(u, i + 1);
  const base = { from: i, to: i + 2, leans: 'past', bare: false } as const;
  if (next === 'week') return { ...base, precision: 'approx', resolve: () => today - 7 };
  if (next === 'month')
    return { ...base, precision: 'month', resolve: () => firstOf(monthsBefore(today, 1)) };
  if (next === 'year')
    return { ...base, precision: 'year', resolve: () => dayOf(civil(today).year - 1, 1, 1) };
  return null;
};

const firstOf = (day: Day): Day => day - civil(day).date + 1;

/** "on the fourteenth". */
const dateAlone: Reader = (u, i, today) => {
  if (word(u, i) !== 'the') return null;
  const date = dayOfMonth(u.tokens, i + 1);
  if (!date?.ordinal || date.value < 2) return null;
  const to = i + 1 + date.length;
  // "the second car", "the third time": only where the phrase ends or a date goes on.
  const next = u.tokens[to];
  if (
    next &&
    next.gap === 'space' &&
    !['at', 'in', 'and', 'around', 'about', 'i', 'we', 'he', 'she', 'when', 'on'].includes(next.norm)
  )
    return null;
  return {
    from: i,
    to,
    precision: 'day',
    leans: 'either',
    bare: true,
    resolve: (way) => withDate(date.value, way, today),
  };
};

const readers: readonly Reader[] = [numeric, monthAndDay, nearby, weekday, ago, dateAlone];
