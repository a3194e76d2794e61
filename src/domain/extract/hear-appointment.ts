/** When the caller would like to speak with the attorney: a wish, which the firm may keep or change. */
import { isoOf } from './calendar.js';
import { spokenDates } from './date-words.js';
import type { Topic } from './hearing.js';
import { field } from './hearing.js';
import { spokenTime } from './time-of-day.js';

/** Only as an answer: other days in a call are about the matter. A day is needed, a time is not. */
export const appointment: Topic = (facts, h) => {
  if (h.asked !== 'appointment') return facts;
  const date = spokenDates(h.u, h.today).find(
    ({ precision, leans }) => precision === 'day' && leans !== 'past',
  );
  const day = date?.resolve('future');
  if (!date || day == null || day < h.today) return facts;
  const time = spokenTime(h.u, date);
  const span = {
    from: Math.min(date.from, time?.from ?? date.from),
    to: Math.max(date.to, time?.to ?? date.to),
  };
  const wish = { date: isoOf(day), ...(time && { time: time.time }) };
  return { ...facts, appointment: field(h, wish, span, time ? 0.8 : 0.6) };
};
