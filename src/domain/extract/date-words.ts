/** Every date said in an utterance. */
import type { Day } from './calendar.js';
import { monthAndDay, numeric } from './dates-absolute.js';
import { ago, dateAlone, nearby, weekday } from './dates-relative.js';
import type { SpokenDate } from './spoken-date.js';
import type { Utterance } from './utterance.js';

/** In this order at each token: what says more goes first. */
const readers = [numeric, monthAndDay, nearby, weekday, ago, dateAlone] as const;

/** Nothing is a date without one of these. */
const DATE_LIKE =
  /\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|\w+day\b|ago\b|last\b|tomorrow|this (?:morning|afternoon)|the (?:\w*(?:st|nd|rd|th)\b|twent|thirt)|\d{1,4} \d)/;

/** Dates left to right, none overlapping. */
export function spokenDates(u: Utterance, today: Day): SpokenDate[] {
  const found: SpokenDate[] = [];
  if (!DATE_LIKE.test(u.plain)) return found;
  for (let i = 0; i < u.tokens.length;) {
    const hit = readers.map((read) => read(u, i, today)).find((date) => date !== null);
    if (hit) found.push(hit);
    i = hit?.to ?? i + 1;
  }
  return found;
}
