/** Dates counted from the day of the call: "last saturday", "yesterday", "two weeks ago", "on the fourteenth". */
import { civil, dayOf, monthsBefore, weekdayOf } from './calendar.js';
import type { Day } from './calendar.js';
import { count, dayOfMonth } from './numbers.js';
import { word } from './spoken-date.js';
import type { DateReader, Direction } from './spoken-date.js';

const WEEKDAYS = new Map(
  'sunday monday tuesday wednesday thursday friday saturday'.split(' ').map((name, i) => [name, i]),
);
const MODIFIERS = new Map<string, Direction | 'either'>([
  ['last', 'past'],
  ['past', 'past'],
  ['this', 'either'],
  ['on', 'either'],
  ['next', 'future'],
  ['coming', 'future'],
]);
const DAY_WORDS = new Map([
  ['today', 0],
  ['yesterday', -1],
  ['tomorrow', 1],
  ['before yesterday', -2],
  ['after tomorrow', 2],
  ['last night', -1],
  ['this morning', 0],
  ['this afternoon', 0],
]);
const UNIT_DAYS = new Map([
  ['day', 1],
  ['days', 1],
  ['night', 1],
  ['nights', 1],
  ['week', 7],
  ['weeks', 7],
]);
const UNIT_MONTHS = new Map([
  ['month', 1],
  ['months', 1],
  ['year', 12],
  ['years', 12],
]);

/** "last saturday", "this past saturday the fourteenth", "on sunday morning, the fifteenth", "next monday". */
export const weekday: DateReader = (u, i, today) => {
  let at = i;
  let leans: Direction | 'either' = 'either';
  for (; at - i < 3; at++) {
    const said = MODIFIERS.get(word(u, at));
    if (said === undefined) break;
    if (said !== 'either') leans = said;
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
export const nearby: DateReader = (u, i, today) => {
  const two = DAY_WORDS.get(`${word(u, i)} ${word(u, i + 1)}`);
  const offset = two ?? DAY_WORDS.get(word(u, i));
  if (offset === undefined) return null;
  const leans = offset === 0 ? 'either' : offset > 0 ? 'future' : 'past';
  const to = two === undefined ? i + 1 : i + 2;
  return { from: i, to, precision: 'day', leans, bare: offset === 0, resolve: () => today + offset };
};

/** "two weeks ago", "a month ago", "last year", "last week". */
export const ago: DateReader = (u, i, today) => {
  const said = count(u.tokens, i);
  const unit = word(u, i + (said?.length ?? 1));
  if (said && word(u, i + said.length + 1) === 'ago') {
    const [days, months] = [UNIT_DAYS.get(unit), UNIT_MONTHS.get(unit)];
    const precision = days === 1 ? 'day' : 'approx';
    const past = { from: i, to: i + said.length + 2, leans: 'past', bare: false, precision } as const;
    if (days !== undefined) return { ...past, resolve: () => today - days * said.value };
    if (months !== undefined) return { ...past, resolve: () => monthsBefore(today, months * said.value) };
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

const AFTER_DATE = new Set('at in and around about i we he she when on'.split(' '));

/** "on the fourteenth". */
export const dateAlone: DateReader = (u, i, today) => {
  if (word(u, i) !== 'the') return null;
  const date = dayOfMonth(u.tokens, i + 1);
  if (!date?.ordinal || date.value < 2) return null;
  const to = i + 1 + date.length;
  // "the second car", "the third time": only where the phrase ends or a date goes on.
  const next = u.tokens[to];
  if (next?.gap === 'space' && !AFTER_DATE.has(next.norm)) return null;
  return {
    from: i,
    to,
    precision: 'day',
    leans: 'either',
    bare: true,
    resolve: (way) => withDate(date.value, way, today),
  };
};
