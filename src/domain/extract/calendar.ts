/** Days of the civil calendar as whole numbers since 1970-01-01, so that "two weeks ago" is arithmetic. */

/** Days since 1970-01-01 in the proleptic Gregorian calendar. */
export type Day = number;
const DAY_MS = 86_400_000;

/** @returns null for a date that does not exist (31 April) or a year outside 1900–2099. */
export function dayOf(year: number, month: number, date: number): Day | null {
  if (year < 1900 || year > 2099) return null;
  const ms = Date.UTC(year, month - 1, date);
  const check = new Date(ms);
  return check.getUTCMonth() === month - 1 && check.getUTCDate() === date ? ms / DAY_MS : null;
}

/** `YYYY-MM-DD`. */
export const isoOf = (day: Day): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** Year, month 1–12, date 1–31. */
export function civil(day: Day): { year: number; month: number; date: number } {
  const at = new Date(day * DAY_MS);
  return { year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, date: at.getUTCDate() };
}

/** 0 Sunday … 6 Saturday. 1970-01-01 was a Thursday. */
export const weekdayOf = (day: Day): number => (((day + 4) % 7) + 7) % 7;

/** The same date `months` earlier, or the last day of that month when it is shorter. */
export function monthsBefore(day: Day, months: number): Day {
  const { year, month, date } = civil(day);
  const index = year * 12 + (month - 1) - months;
  const [y, m] = [Math.floor(index / 12), (index % 12) + 1];
  const last = new Date(Date.UTC(y, m, 0)).getUTCDate();
  return Date.UTC(y, m - 1, Math.min(date, last)) / DAY_MS;
}

/**
 * The calendar day at an instant in an IANA zone. A zone the platform does not know counts as UTC: a date one day off
 * with its own words beside it is better than no intake.
 */
export function localDay(atMs: number, timeZone: string): Day {
  const at = new Date(atMs);
  if (Number.isNaN(at.getTime())) return 0;
  const parts = formatOf(timeZone).formatToParts(at);
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
  return Date.UTC(of('year'), of('month') - 1, of('day')) / DAY_MS;
}

/** Building a formatter takes 0.3 ms and every reply needs one; there are as many as zones of firms. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (!format) {
    const parts = { year: 'numeric', month: 'numeric', day: 'numeric' } as const;
    try {
      format = new Intl.DateTimeFormat('en-US', { timeZone, ...parts });
    } catch {
      format = new Intl.DateTimeFormat('en-US', { timeZone: 'UTC', ...parts });
    }
    formats.set(timeZone, format);
  }
  return format;
}
