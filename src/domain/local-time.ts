/** Wall-clock times of a zone as instants. */

const MINUTE_MS = 60_000;

/** What the clocks of a zone show at an instant, as if it were UTC; epoch milliseconds, whole minutes. */
function shownAt(atMs: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' },
  }).formatToParts(new Date(atMs));
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
  return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'));
}

/**
 * The instant at which the clocks of `timeZone` show that date and time, epoch milliseconds. An hour that a change of the
 * clocks leaves out becomes the one after it.
 * @param date `YYYY-MM-DD`. @param time `HH:MM`. @throws RangeError for a zone the platform does not know.
 */
export function instantOf(date: string, time: string, timeZone: string): number {
  const wanted = Date.parse(`${date}T${time}:00Z`);
  // Twice: the first guess may lie on the other side of a change of the clocks.
  const guess = wanted - (shownAt(wanted, timeZone) - wanted);
  const better = guess - (shownAt(guess, timeZone) - wanted);
  return Math.round(better / MINUTE_MS) * MINUTE_MS;
}

/** The date of a zone at an instant, `YYYY-MM-DD`. */
export const dateIn = (atMs: number, timeZone: string): string =>
  new Date(shownAt(atMs, timeZone)).toISOString().slice(0, 10);
