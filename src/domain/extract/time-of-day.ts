/** A time of day as people say it on the telephone: "at ten thirty", "2 pm", "noon". */
import { count } from './numbers.js';
import { word } from './spoken-date.js';
import type { Utterance } from './utterance.js';

/** `HH:MM`, 24 hours. */
export interface SpokenTime {
  time: string;
  from: number;
  to: number;
}

const BEFORE_TIME = new Set(['at', 'around', 'about', 'by', 'after', 'before', 'say']);
/** Nobody asks a law firm for a call at three in the night: without am or pm these hours are meant in the afternoon. */
const FIRST_MORNING_HOUR = 8;

/** The first time said outside of tokens `skip`. */
export function spokenTime(u: Utterance, skip: { from: number; to: number }): SpokenTime | null {
  for (let i = 0; i < u.tokens.length; i++) {
    if (i >= skip.from && i < skip.to) continue;
    const hit = timeAt(u, i);
    if (hit) return hit;
  }
  return null;
}

function timeAt(u: Utterance, i: number): SpokenTime | null {
  if (word(u, i) === 'noon' || word(u, i) === 'midday') return { time: '12:00', from: i, to: i + 1 };
  const glued = /^(\d{1,2})(am|pm)$/.exec(word(u, i));
  if (glued) return told(Number(glued[1]), 0, glued[2] === 'pm', i, i + 1);
  const hour = count(u.tokens, i);
  if (!hour || hour.value < 1 || hour.value > 12) return null;
  const afterHour = i + hour.length;
  const minutes = minutesAt(u, afterHour);
  const at = afterHour + (minutes?.length ?? 0);
  const half = halfAt(u, at);
  const isClock = word(u, at) === "o'clock" || (word(u, at) === 'o' && word(u, at + 1) === 'clock');
  if (half) return told(hour.value, minutes?.value ?? 0, half.isAfternoon, i, at + half.length);
  if (!isClock && !BEFORE_TIME.has(word(u, i - 1))) return null;
  const isAfternoon = hour.value === 12 || hour.value < FIRST_MORNING_HOUR;
  return told(hour.value, minutes?.value ?? 0, isAfternoon, i, at);
}

function minutesAt(u: Utterance, i: number): { value: number; length: number } | null {
  const said = count(u.tokens, i);
  const isMinutes = said !== null && said.value >= 10 && said.value < 60;
  return isMinutes ? said : null;
}

function halfAt(u: Utterance, i: number): { isAfternoon: boolean; length: number } | null {
  const here = word(u, i);
  if (here === 'am' || here === 'pm') return { isAfternoon: here === 'pm', length: 1 };
  if ((here === 'a' || here === 'p') && word(u, i + 1) === 'm')
    return { isAfternoon: here === 'p', length: 2 };
  if (here !== 'in' || word(u, i + 1) !== 'the') return null;
  const part = word(u, i + 2);
  if (part === 'morning') return { isAfternoon: false, length: 3 };
  return part === 'afternoon' || part === 'evening' ? { isAfternoon: true, length: 3 } : null;
}

function told(
  hour: number,
  minute: number,
  isAfternoon: boolean,
  from: number,
  to: number,
): SpokenTime | null {
  if (hour < 1 || hour > 12) return null;
  const hours = (hour % 12) + (isAfternoon ? 12 : 0);
  return { time: `${String(hours).padStart(2, '0')}:${String(minute).padStart(2, '0')}`, from, to };
}
