/** States of the United States in a caller's words, as two-letter USPS codes. */
import { tokenAt } from './utterance.js';
import type { Utterance } from './utterance.js';
import type { Question } from './question.js';

const NAMES =
  'alabama AL,alaska AK,arizona AZ,arkansas AR,california CA,colorado CO,connecticut CT,delaware DE,florida FL,georgia GA,hawaii HI,idaho ID,illinois IL,indiana IN,iowa IA,kansas KS,kentucky KY,louisiana LA,maine ME,maryland MD,massachusetts MA,michigan MI,minnesota MN,mississippi MS,missouri MO,montana MT,nebraska NE,nevada NV,new hampshire NH,new jersey NJ,new mexico NM,new york NY,north carolina NC,north dakota ND,ohio OH,oklahoma OK,oregon OR,pennsylvania PA,rhode island RI,south carolina SC,south dakota SD,tennessee TN,texas TX,utah UT,vermont VT,virginia VA,washington WA,west virginia WV,wisconsin WI,wyoming WY,district of columbia DC,washington dc DC';
const codes = new Map(
  NAMES.split(',').map((entry): [string, string] => [entry.slice(0, -3), entry.slice(-2)]),
);
const known = new Set(codes.values());
const byLength = [...codes.keys()].sort((a, b) => b.length - a.length);
const NAME = new RegExp(`(?:^|[ |,])(${byLength.join('|')})(?= |$)`, 'g');
/** "Austin, TX": only written like this, because "in", "or", "me" are words. */
const CODE = /, ?([A-Z]{2})\b/g;

export interface StateReading {
  value: string;
  from: number;
  to: number;
}

/** The last state named, or null. */
export function findState(u: Utterance, asked: Question | null): StateReading | null {
  let found: StateReading | null = null;
  for (const match of u.plain.matchAll(NAME)) {
    const name = match[1] ?? '';
    const from = tokenAt(u, match.index + match[0].length - name.length);
    const to = from + name.split(' ').length;
    if (asked !== 'where' && !placed(u, from)) continue;
    found = { value: codes.get(name) ?? '', from, to };
  }
  for (const match of u.text.matchAll(CODE)) {
    const code = match[1] ?? '';
    const from = u.tokens.findIndex((token) => token.start >= match.index + match[0].length - 2);
    if (known.has(code) && from >= 0) found = { value: code, from, to: from + 1 };
  }
  return found;
}

/** "in georgia", "in san antonio texas", "Atlanta, Georgia": not the name of a person, nor where somebody came from. */
function placed(u: Utterance, at: number): boolean {
  const before = [1, 2, 3].map((back) => u.tokens[at - back]?.norm ?? '');
  if (before[0] === 'of' || before.includes('in')) return true;
  return u.tokens[at]?.gap === 'comma' && u.tokens[at - 1]?.capital === true;
}
