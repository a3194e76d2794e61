/** The words of numbers. Maps, not objects: a caller may say "constructor". */
const list = (words: string): string[] => words.split(' ');
const counted = (words: string, from: number, step = 1): Map<string, number> =>
  new Map(list(words).map((word, i) => [word, from + i * step]));

export const units = counted('zero one two three four five six seven eight nine', 0);
export const teens = counted(
  'ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen',
  10,
);
export const tens = counted('twenty thirty forty fifty sixty seventy eighty ninety', 20, 10);
export const ordinals = new Map([
  ...counted(
    'first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth',
    1,
  ),
  ['thirtieth', 30],
]);
export const repeats = new Map([
  ['double', 2],
  ['triple', 3],
]);

/** A single digit. Spanish ones too, callers mix; `once` (11) is left out, it is an English word. */
export const digitWords: ReadonlyMap<string, string> = new Map([
  ...[...units].map(([word, value]): [string, string] => [word, String(value)]),
  ...[...counted('cero uno dos tres cuatro cinco seis siete ocho nueve', 0)].map(
    ([word, value]): [string, string] => [word, String(value)],
  ),
  ['oh', '0'],
  ['o', '0'],
  ['nought', '0'],
  ['niner', '9'],
]);
/** What a recogniser writes for a digit; counts only between two digits. */
export const soundalikes: ReadonlyMap<string, string> = new Map([
  ['to', '2'],
  ['too', '2'],
  ['for', '4'],
  ['fore', '4'],
  ['won', '1'],
  ['ate', '8'],
  ['tree', '3'],
  ['owe', '0'],
  ['or', '0'],
  ['though', '0'],
]);
