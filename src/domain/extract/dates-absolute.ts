/** Dates with a month: "november fourteenth", "the fourth of july", "11/14/2026", "january this year". */
import { civil, dayOf } from './calendar.js';
import type { Day } from './calendar.js';
import { dayOfMonth, year } from './numbers.js';
import type { Said } from './numbers.js';
import { word } from './spoken-date.js';
import type { DateReader, Direction, SpokenDate } from './spoken-date.js';
import type { Utterance } from './utterance.js';

const MONTHS = new Map(
  'january february march april may june july august september october november december'
    .split(' ')
    .flatMap((name, i): [string, number][] => [
      [name, i + 1],
      ...(name.length > 4 ? ([[name.slice(0, 3), i + 1]] as [string, number][]) : []),
    ]),
);
const YEAR_STEPS = new Map([
  ['last', -1],
  ['this', 0],
  ['next', 1],
]);

const separator = (u: Utterance, i: number): string =>
  u.text.slice(u.tokens[i]?.end ?? 0, u.tokens[i + 1]?.start ?? 0);

/** 2026-11-14, 11/14/2026, 11/14. */
export const numeric: DateReader = (u, i, today) => {
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
export const monthAndDay: DateReader = (u, i, today) => {
  const leading = dayOfMonth(u.tokens, i);
  if (leading && word(u, i + leading.length) === 'of') {
    const month = MONTHS.get(word(u, i + leading.length + 1));
    if (month !== undefined) return dated(u, i, i + leading.length + 2, month, leading.value, today);
  }
  const month = MONTHS.get(word(u, i));
  if (month === undefined) return null;
  const skip = word(u, i + 1) === 'the' ? 2 : 1;
  const day = year(u.tokens, i + 1) ? null : dayOfMonth(u.tokens, i + skip);
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

function relativeYear(u: Utterance, i: number, today: Day): Said | null {
  if (word(u, i + 1) !== 'year') return null;
  const step = YEAR_STEPS.get(word(u, i));
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
