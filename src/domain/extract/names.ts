/** The caller's own name. */
import { givenNames, isOrdinary } from './words.js';
import { capitalised, nameAt, PERSON, written } from './name-shape.js';
import type { NameSpan } from './name-shape.js';
import { similar, spelledRuns } from './spelling.js';
import type { SpelledRun } from './spelling.js';
import { roleOf } from './roles.js';
import { fold, tokenAt } from './utterance.js';
import type { Utterance } from './utterance.js';
import type { Question } from './question.js';

/** One part of a name and where it was said. */
export interface NamePart {
  value: string;
  from: number;
  to: number;
}
/** `strength`: 3 said as such ("my name is"), 2 answered when asked, 1 mentioned ("this is", "i'm"). */
export interface NameReading {
  first?: NamePart;
  last?: NamePart;
  strength: 1 | 2 | 3;
  spelled: boolean;
}
export interface KnownName {
  first?: string | undefined;
  last?: string | undefined;
}

const EXPLICIT =
  /(?:^|[^\w'])(?:my (?:full |first |legal )?name(?: is| 's)|me llamo|mi nombre es|you can call me|i go by|(?:\||^) ?(?:the )?name(?: is| 's))(?: ,)? /g;
const LAST_ONLY = /(?:my )?(?:last name|surname|family name)(?: is| 's)?(?: ,)? /g;
const MENTION = /(?:^|[| ,])(?:(?:hi|hello|hey|yes|yeah) )?(?:i am|this is|it is|it 's|soy) /g;
const FILLERS =
  /^(?:(?:yes|yeah|yep|sure|ok|okay|um|uh|well|so|fine|of course|certainly|no problem|it is|it 's|that is|that 's|the name is|name is|oh|right|hi|hello|actually|no|sorry|,|\|) )+/;
const LINKING = new Set(['is', 'was', "'s", 'are', 'were', 'has', 'had', 'did']);
const UNWILLING = /\b(?:do not want to|would rather not|not going to) (?:give|say|tell)/;

/** Reads the caller's name, or null. `asked` and the name known so far say what a bare answer can mean. */
export function findName(u: Utterance, asked: Question | null, known: KnownName): NameReading | null {
  const runs = spelledRuns(u);
  const said =
    explicit(u) ?? lastOnly(u, known) ?? answered(u, asked, known) ?? spelledOut(u, runs) ?? mentioned(u);
  const spelled = applySpelling(u, said, runs, asked, known);
  return spelled ?? said;
}

function parts(u: Utterance, span: NameSpan, strength: 1 | 2 | 3): NameReading {
  const part = (from: number, to: number): NamePart => ({
    value: written(u.tokens.slice(from, to), 80),
    from,
    to,
  });
  // The first name ends where the next token is not its continuation ("Mary-Jane", "D'Angelo").
  let end = span.from + 1;
  while (end < span.to && ['joined', 'hyphen'].includes(u.tokens[end]?.gap ?? '')) end += 1;
  const first = part(span.from, end);
  return end < span.to
    ? { first, last: part(end, span.to), strength, spelled: false }
    : { first, strength, spelled: false };
}

function explicit(u: Utterance): NameReading | null {
  let found: NameReading | null = null;
  for (const cue of u.plain.matchAll(EXPLICIT)) {
    const span = nameAt(u, tokenAt(u, cue.index + cue[0].length), PERSON, true);
    if (span) found = parts(u, span, 3);
  }
  return found;
}

function lastOnly(u: Utterance, known: KnownName): NameReading | null {
  if (known.first === undefined || UNWILLING.test(u.plain)) return null;
  for (const cue of u.plain.matchAll(LAST_ONLY)) {
    const at = tokenAt(u, cue.index + cue[0].length);
    const span = nameAt(u, at, PERSON, true);
    if (span)
      return {
        last: { value: written(u.tokens.slice(at, span.to), 80), from: at, to: span.to },
        strength: 3,
        spelled: false,
      };
  }
  return null;
}

/** A bare answer to "may I have your name?": the whole of its first clause is a name. */
function answered(u: Utterance, asked: Question | null, known: KnownName): NameReading | null {
  if (asked !== 'name') return null;
  const start = tokenAt(u, FILLERS.exec(u.plain + ' ')?.[0].length ?? 0);
  const span = nameAt(u, start, PERSON, true);
  if (!span) return null;
  const after = u.tokens[span.to];
  // "Mama was Ernestine Tate" tells of somebody else.
  if (after && LINKING.has(after.norm) && after.gap !== 'stop') return null;
  if (roleOf.has(u.tokens[span.from]?.norm ?? '')) return null;
  const [one, single] = [u.tokens[span.from], span.to - span.from === 1];
  // "dana, that's d a n a" is an answer, "walking home i" is not.
  if (
    !u.cased &&
    single &&
    after &&
    after.gap === 'space' &&
    !givenNames.has(one?.norm ?? '') &&
    !isOrdinary(after.norm)
  )
    return null;
  if (single && known.first !== undefined && known.last === undefined && fold(known.first) !== one?.norm) {
    return {
      last: { value: written(u.tokens.slice(span.from, span.to), 80), ...span },
      strength: 2,
      spelled: false,
    };
  }
  return parts(u, span, 2);
}

/** "Tyler Okafor. O-K-A-F-O-R.": what is spelled was said just before. */
function spelledOut(u: Utterance, runs: readonly SpelledRun[]): NameReading | null {
  for (const run of runs) {
    for (let i = run.from - 1; i >= Math.max(0, run.from - 3); i--) {
      if (!similar(u.tokens[i]?.norm ?? '', run.letters)) continue;
      let from = i;
      while (from > 0 && i - from < 3 && u.tokens[from]?.gap === 'space' && fitsBefore(u, from - 1))
        from -= 1;
      const span = nameAt(u, from, PERSON);
      if (span && span.to > i) return parts(u, span, 2);
    }
  }
  return null;
}

const fitsBefore = (u: Utterance, i: number): boolean => nameAt(u, i, PERSON)?.from === i;

/** "this is Jason", "i'm maria lopez": a name only when it looks like one, because "i'm hurt" looks the same. */
function mentioned(u: Utterance): NameReading | null {
  for (const cue of u.plain.matchAll(MENTION)) {
    const span = nameAt(u, tokenAt(u, cue.index + cue[0].length), PERSON);
    const token = span && u.tokens[span.from];
    if (!span || !token) continue;
    const it = /it (?:is|'s) $/.test(cue[0]);
    const known = givenNames.has(token.norm);
    if (known || (!it && u.cased && token.capital && span.to - span.from > 1 && !isOrdinary(token.norm)))
      return parts(u, span, 1);
  }
  return null;
}

/** The spelling settles how a name is written: it replaces what was misheard. */
function applySpelling(
  u: Utterance,
  said: NameReading | null,
  runs: readonly SpelledRun[],
  asked: Question | null,
  known: KnownName,
): NameReading | null {
  const about = said ?? (asked === 'name' || asked === 'phone' || /\bspell/.test(u.plain) ? known : null);
  if (!about || runs.length === 0) return null;
  const result: NameReading = said ? { ...said, spelled: true } : { strength: 2, spelled: true };
  const [first, last] = [textOf(about.first), textOf(about.last)];
  let used = false;
  for (const run of runs) {
    const letters = startsWithName(run.letters, first) ? run.letters.slice(first.length) : run.letters;
    const part: NamePart = {
      value: respelled(letters, [said?.first?.value, said?.last?.value, known.first, known.last]),
      from: run.from,
      to: run.to,
    };
    if (first !== '' && similar(letters, first)) {
      result.first = part;
      used = true;
    } else if (last === '' ? first !== '' && asked === 'name' : similar(letters, last)) {
      result.last = part;
      used = true;
    }
  }
  return used ? result : null;
}

const textOf = (part: NamePart | string | undefined): string =>
  fold(typeof part === 'string' ? part : (part?.value ?? ''));
/** "m a r i a l o p e z" in one breath. */
const startsWithName = (letters: string, first: string): boolean =>
  first.length >= 2 && letters.length >= first.length + 3 && letters.startsWith(first);
/** Accents and inner capitals of a way of writing already known are kept when the letters are the same. */
const respelled = (letters: string, ways: readonly (string | undefined)[]): string =>
  (
    ways.find((way) => way !== undefined && fold(way).replace(/[^a-z]/g, '') === letters) ??
    capitalised(letters)
  ).slice(0, 80);
