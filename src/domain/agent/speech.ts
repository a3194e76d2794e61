/** Text that any speech engine reads aloud the same way: numbers as words, no signs. */
const DIGITS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
const TEENS = 'ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(' ');
const TENS = 'zero ten twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');

/** "5125550142" → "five one two". */
export const digitsAloud = (digits: string): string =>
  Array.from(digits, (digit) => DIGITS[Number(digit)] ?? '').join(' ');

/** `+15125550142` → "five one two, five five five, zero one four two". */
export const phoneAloud = (e164: string): string =>
  [e164.slice(2, 5), e164.slice(5, 8), e164.slice(8)].map(digitsAloud).join(', ');

/** 0–999,999 in words. */
export function numberAloud(value: number): string {
  if (value < 10) return DIGITS[value] ?? '';
  if (value < 20) return TEENS[value - 10] ?? '';
  const join = (head: string, rest: number): string => (rest === 0 ? head : `${head} ${numberAloud(rest)}`);
  if (value < 100) return join(TENS[Math.floor(value / 10)] ?? '', value % 10);
  if (value < 1_000) return join(`${numberAloud(Math.floor(value / 100))} hundred`, value % 100);
  return join(`${numberAloud(Math.floor(value / 1_000))} thousand`, value % 1_000);
}

/** 15000 → "one hundred fifty dollars"; 7550 → "seventy five dollars and fifty cents". */
export function moneyAloud(amountCents: number): string {
  const [dollars, cents] = [Math.floor(amountCents / 100), amountCents % 100];
  const whole = `${numberAloud(dollars)} ${dollars === 1 ? 'dollar' : 'dollars'}`;
  return cents === 0 ? whole : `${whole} and ${numberAloud(cents)} cents`;
}

/** "Harbor & Vale, LLP" → "Harbor and Vale LLP". */
export const nameAloud = (name: string): string =>
  name
    .replace(/\s*&\s*/g, ' and ')
    .replace(/[^\p{L}\p{M}\p{N}' -]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
