/** Other people and companies in the matter: whom to check for conflicts of interest. */
import { COMPANY, nameAt, PERSON, written } from './name-shape.js';
import type { NameShape, NameSpan } from './name-shape.js';
import { companyEndings, companyRoles, placeEndings, roleOf } from './roles.js';
import { fold, tokenAt } from './utterance.js';
import type { Utterance } from './utterance.js';
import { givenNames, isOrdinary } from './words.js';
import type { Question } from './question.js';

export interface PartyReading {
  name: string;
  role: string;
  from: number;
  to: number;
}

const ROLE_WORDS = [...roleOf.keys()].join('|');
/** "the company on the door was", "my husband", "the driver was a man named", "her lawyer, some guy". */
const ROLE_CUE = new RegExp(
  `(?:^|[ |,])(?:(my|the|her|his|our|their|other|another|an|a) )?(${ROLE_WORDS})(?: (?:on|from|of|at) (?:the|my) \\w+)?` +
    `( (?:is|was|'s|are|were|named|called|se llama))*(?: ,)?(?: (?:full )?name(?: is| 's| was))?` +
    `(?: (?:a|an|some|this|that) (?:man|woman|guy|lady|person|company|place|outfit|fellow))?(?: (?:named|called|by the name of|with))? `,
  'g',
);
const PRONOUN_CUE = /\b(?:her|his|their|its) (?:full |last )?name(?: is| 's| was) /g;
const NAMED_CUE = /\b(?:named|by the name of|(?:man|woman|guy|lady|company|place|outfit) called|se llama) /g;
const COMPANY_CUE =
  /\b(?:(?:work|works|worked|working|drive|drove|driving|employed) (?:for|at|by)|insured (?:by|with)|owned by|(?:mortgage|loan|account|lease) is with|rent from|renting from) (?:the |a |an )?/g;
const ANSWER_FILLERS =
  /^(?:(?:it is|it 's|it was|that is|that 's|that was|yes|yeah|well|um|uh|so|just|only|okay|ok|sure|there is|there was|there 's|the other (?:person|driver|party)|his name is|with|from|by|and|,|\||is|was) )+/;
const MOST = 12;

/** Every other party named in these words. `recentRole`: what "her name is …" refers to. */
export function findParties(
  u: Utterance,
  asked: Question | null,
  recentRole: string,
  callerKnown: boolean,
): PartyReading[] {
  const found = [
    ...byRole(u),
    ...byCue(u, PRONOUN_CUE, recentRole, false),
    ...byCue(u, NAMED_CUE, 'other_party', false),
    ...byCue(u, COMPANY_CUE, 'company', true),
    ...byEnding(u),
    ...(asked === 'parties' ? listed(u) : callerKnown && u.cased ? sentenceHeads(u) : []),
  ];
  const taken: PartyReading[] = [];
  for (const party of found) {
    if (placeEndings.has(fold(party.name).split(' ').at(-1) ?? '')) continue;
    if (!taken.some((other) => party.from < other.to && other.from < party.to)) taken.push(party);
  }
  return taken.slice(0, MOST).sort((a, b) => a.from - b.from);
}

/** The role a caller last spoke of ("my wife …"), for the "her name is …" that follows. */
export function roleMentioned(u: Utterance): string | null {
  const last = [...u.plain.matchAll(ROLE_CUE)].filter((cue) => cue[1] !== undefined).at(-1)?.[2];
  return last === undefined ? null : (roleOf.get(last) ?? null);
}

const party = (u: Utterance, span: NameSpan, role: string): PartyReading => ({
  name: written(u.tokens.slice(span.from, span.to), 200),
  role,
  ...span,
});

/** The name right after a cue; a sentence or a pause in between belongs to something else. */
function nameAfter(u: Utterance, cue: RegExpExecArray, shape: NameShape): NameSpan | null {
  const at = tokenAt(u, cue.index + cue[0].length);
  const gap = u.tokens[at]?.gap;
  return gap === 'stop' || (gap === 'comma' && !cue[0].includes(',')) ? null : nameAt(u, at, shape);
}

function byRole(u: Utterance): PartyReading[] {
  const found: PartyReading[] = [];
  for (const cue of u.plain.matchAll(ROLE_CUE)) {
    const role = roleOf.get(cue[2] ?? '') ?? 'other_party';
    if (cue[1] === 'my' && role === 'opposing_counsel') continue;
    const span = nameAfter(u, cue, companyRoles.has(role) || u.cased ? COMPANY : PERSON);
    const linked = /(?: (?:is|was|'s|are|were|named|called|llama|with))+ $/.test(cue[0]);
    if (span && (u.cased || believable(u, span, role, linked))) found.push(party(u, span, role));
  }
  return found;
}

/** Without capitals, "the driver was drunk" and "the driver was curtis boyle" look alike. */
function believable(u: Utterance, span: NameSpan, role: string, linked: boolean): boolean {
  if (givenNames.has(u.tokens[span.from]?.norm ?? '')) return true;
  if (!linked) return false;
  const words = u.tokens.slice(span.from, span.to).map((token) => token.norm);
  const verbal = /(?:ing|ed|ly)$/.test(words[0] ?? '');
  return !verbal && (words.length >= 2 || (companyRoles.has(role) && role !== 'landlord'));
}

function byCue(u: Utterance, pattern: RegExp, role: string, company: boolean): PartyReading[] {
  const found: PartyReading[] = [];
  for (const cue of u.plain.matchAll(pattern)) {
    const span = nameAfter(u, cue, company || u.cased ? COMPANY : PERSON);
    // "I drive for a living".
    const ordinary =
      span !== null && !u.cased && span.to - span.from === 1 && isOrdinary(u.tokens[span.from]?.norm ?? '');
    if (span && !ordinary) found.push(party(u, span, role));
  }
  return found;
}

/** "Summit Harbor Bank", "Acme Trucking": capitals that end in a word for a company. */
function byEnding(u: Utterance): PartyReading[] {
  if (!u.cased) return [];
  const found: PartyReading[] = [];
  for (let i = 0; i < u.tokens.length; i++) {
    const span = u.tokens[i]?.capital ? nameAt(u, i, COMPANY) : null;
    const role = span && companyEndings.get(u.tokens[span.to - 1]?.norm ?? '');
    if (span && role !== null && role !== undefined && span.to - span.from > 1)
      found.push(party(u, span, role));
    if (span) i = span.to - 1;
  }
  return found;
}

/** A bare answer to "who else is involved?": "curtis boyle and quickline parcel". */
function listed(u: Utterance): PartyReading[] {
  const found: PartyReading[] = [];
  const starts = [
    0,
    ...u.tokens.flatMap((t, i) =>
      i > 0 && (['comma', 'stop'].includes(t.gap) || ['and', 'with', 'from', 'of'].includes(t.norm))
        ? [i]
        : [],
    ),
  ];
  for (const start of starts) {
    const rest = `${u.plain.slice(u.offsets[start])} `;
    const from = tokenAt(u, (u.offsets[start] ?? 0) + (ANSWER_FILLERS.exec(rest)?.[0].length ?? 0));
    const span = nameAt(u, from, u.cased ? COMPANY : PERSON);
    if (!span) continue;
    const given = givenNames.has(u.tokens[span.from]?.norm ?? '');
    if (span.to - span.from >= 2 || given) found.push(party(u, span, 'other_party'));
  }
  return found;
}

/** Written text, caller already known: a sentence that begins with a full name ("Ana Carrasco. She knows."). */
function sentenceHeads(u: Utterance): PartyReading[] {
  const found: PartyReading[] = [];
  for (let i = 0; i < u.tokens.length; i++) {
    if (i > 0 && u.tokens[i]?.gap !== 'stop') continue;
    const span = nameAt(u, i, COMPANY);
    const after = span && u.tokens[span.to];
    const closed = span !== null && (!after || after.gap === 'stop' || after.gap === 'comma');
    if (closed && span.to - span.from >= 2 && u.tokens.slice(i, span.to).every((t) => t.norm.length > 1)) {
      found.push(party(u, span, 'other_party'));
    }
  }
  return found;
}
