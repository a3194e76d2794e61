/** What the stand-ins have done, against what was wanted. Pure: their ledgers are the judges, not our database. */
import type { LedgerRecord, LedgerRequest } from '../../standins/kit/ledger.js';
import type { Intent } from './intents.js';
import type { Step } from './subjects.js';

/** What differs; all empty when the ledger equals the intent. Keys, except where told. */
export interface Differences {
  /** Wanted and not there. */
  lost: string[];
  /** There more than once. */
  duplicated: string[];
  /** There, and not as it was wanted. */
  wrong: string[];
  /** Ids of records that nobody wanted. */
  unwanted: string[];
}

/** The kinds that writes of ours create, by the step of their key. */
const kinds = {
  ...{ contact: 'contact', matter: 'matter', note: 'note', communication: 'communication' },
  ...{ appointment: 'calendar_entry', task: 'task', payment: 'charge' },
} as const satisfies Record<Step, string>;
/** `call_….step`, wherever it stands in a record. */
const REFERENCE = new RegExp(`call_[0-9a-z]{20}\\.(?:${Object.keys(kinds).join('|')})\\b`, 'g');

export function compare(
  intents: readonly Intent[],
  records: readonly Pick<LedgerRecord, 'kind' | 'id' | 'action' | 'data'>[],
): Differences {
  const made = new Map<string, string[]>();
  const wanted = new Set(intents.map(({ key }) => key));
  const unwanted: string[] = [];
  for (const { kind, id, data } of records.filter(({ action }) => action === 'created')) {
    if (!Object.values<string>(kinds).includes(kind)) continue;
    const text = JSON.stringify(data);
    const keys = [...new Set(text.match(REFERENCE) ?? [])].filter((key) => kindOf(key) === kind);
    if (!keys.some((key) => wanted.has(key))) unwanted.push(`${kind} ${id}`);
    for (const key of keys) made.set(key, [...(made.get(key) ?? []), text]);
  }
  const texts = (key: string): string[] => made.get(key) ?? [];
  const keysWhere = (differs: (intent: Intent) => boolean): string[] =>
    intents.filter(differs).map(({ key }) => key);
  return {
    lost: keysWhere(({ key }) => texts(key).length === 0),
    duplicated: keysWhere(({ key }) => texts(key).length > 1),
    wrong: keysWhere(({ key, shows }) =>
      texts(key).some((text) => !shows.every((word) => text.includes(word))),
    ),
    unwanted,
  };
}

const kindOf = (key: string): string | undefined =>
  (kinds as Record<string, string>)[key.slice(key.indexOf('.') + 1)];

const MINUTE_MS = 60_000;

/** The most requests in any minute, by the clock of the server that took them; requests for tokens do not count. */
export function mostInAMinute(requests: readonly Pick<LedgerRequest, 'atMs' | 'path'>[]): number {
  const times = requests
    .filter(({ path }) => !path.startsWith('/oauth') && !path.startsWith('/pages/'))
    .map(({ atMs }) => atMs)
    .sort((a, b) => a - b);
  let first = 0;
  let most = 0;
  for (const [last, atMs] of times.entries()) {
    while (atMs - (times[first] ?? atMs) >= MINUTE_MS) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

/** Requests that were told to slow down although no fault said so: the vendor's own limit was felt. */
export const feltLimits = (requests: readonly Pick<LedgerRequest, 'status' | 'faultId'>[]): number =>
  requests.filter(({ status, faultId }) => status === 429 && faultId === undefined).length;
