/**
 * The twelve scripted callers of the intake reference against the deterministic rules. The scripts were written for a
 * richer agent (booking, payment, Spanish); here they show how much of the record the rules alone get right. Expected
 * values are the scripts' own and were not adjusted to what the rules find; governments as parties ("State of Colorado")
 * are left out, nobody says them. The rules were written with these scripts at hand, so this is no measure of new callers.
 */
import { afterAll, describe, expect, test } from '@jest/globals';
import scripts from '../../fixtures/caller-scripts.json' with { type: 'json' };
import { converse, firm, recognised, recordOf } from '../conversation.js';

const zones: Record<string, string> = {
  TX: 'America/Chicago',
  TN: 'America/Chicago',
  CA: 'America/Los_Angeles',
  CO: 'America/Denver',
  FL: 'America/New_York',
  GA: 'America/New_York',
  MI: 'America/Detroit',
};
const fields = [
  'name',
  'phone',
  'email',
  'practiceArea',
  'incidentDate',
  'recording',
  'parties',
  'invented parties',
] as const;
type Field = (typeof fields)[number];
/** Right and asked-for, per field. */
type Score = Record<Field, [right: number, of: number]>;

const zero = (): Score => Object.fromEntries(fields.map((field) => [field, [0, 0]])) as unknown as Score;

function scoreAll(rewrite: (text: string) => string): { score: Score; misses: string[] } {
  const score = zero();
  const misses: string[] = [];
  for (const script of scripts) {
    const { expected } = script;
    const startedAtMs = Date.parse(script.now);
    const of = { ...firm, timeZone: zones[script.firmState] ?? 'UTC', states: [script.firmState] };
    const { turns } = converse(script.turns.map(rewrite), of, startedAtMs);
    const record = recordOf(turns, { firm: of, startedAtMs, callerIdE164: script.callerIdE164 });
    const count = (field: Field, right: boolean): void => {
      score[field][1] += 1;
      if (right) score[field][0] += 1;
      else misses.push(`${script.id}: ${field}`);
    };
    const { contact, matter } = record;
    count(
      'name',
      contact.firstName?.value === expected.firstName &&
        contact.lastName?.value === (expected.lastName ?? undefined),
    );
    count('phone', contact.phone?.value === expected.phoneE164);
    count('email', contact.email?.value === (expected.email ?? undefined));
    count('practiceArea', matter.practiceArea?.value === (expected.practiceArea ?? undefined));
    if (expected.incidentDate !== null)
      count('incidentDate', matter.incidentDate?.value === expected.incidentDate);
    count('recording', (record.consents.recording?.value ?? 'not_resolved') === expected.recording);
    const found = record.parties.map((party) => party.value.name.toLowerCase());
    for (const party of expected.parties) count('parties', found.includes(party.toLowerCase()));
    const said = script.turns.join(' ').toLowerCase();
    for (const name of found) count('invented parties', said.includes(name));
  }
  return { score, misses };
}

const table: string[] = [];
afterAll(() => {
  process.stdout.write(`${table.join('\n')}\n`);
});
const row = (title: string, score: Score): string =>
  `${title.padEnd(12)} ${fields
    .filter((field) => field !== 'invented parties')
    .map((field) => `${field} ${score[field].join('/')}`)
    .join(' · ')}`;

describe('the twelve scripted callers', () => {
  test('as typed', () => {
    const { score, misses } = scoreAll((text) => text);
    table.push(row('typed', score));
    expect(score).toMatchObject({
      name: [12, 12],
      email: [12, 12],
      practiceArea: [12, 12],
      recording: [12, 12],
      parties: [8, 8],
    });
    // The script stores the caller id of a caller who said not to use that phone; the rules leave it out.
    // Dates in Spanish are not read.
    expect(misses).toEqual(['family-dv-emergency-fl: phone', 'immigration-detained-es-ca: incidentDate']);
  });

  test('in lower case and without marks, as a recogniser would write them', () => {
    const { score } = scoreAll(recognised);
    table.push(row('recognised', score));
    const [phones] = score.phone;
    expect({
      name: score.name[0],
      phone: phones,
      practiceArea: score.practiceArea[0],
      recording: score.recording[0],
    }).toEqual({ name: 12, phone: 11, practiceArea: 12, recording: 12 });
    // Typed addresses ("tyler.okafor@example.com") lose their marks here and cannot be told from words.
    expect(score.email[0]).toBeGreaterThanOrEqual(8);
    expect(score.parties[0]).toBeGreaterThanOrEqual(7);
    expect(score.incidentDate[0]).toBeGreaterThanOrEqual(5);
  });
});
