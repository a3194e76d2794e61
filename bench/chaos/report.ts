/** The run for people. */
import { createStyle, table } from '../../src/cli/terminal/style.js';
import type { Cost } from './cost.js';
import type { ChaosResult } from './result.js';
import { brokenPromises } from './verdict.js';

export function shown(result: ChaosResult, colour: boolean): string {
  const style = createStyle(colour);
  const broken = brokenPromises(result);
  const { differences, parked, rounds, rates, cost, writes, seconds } = result;
  const lines = [
    '',
    style.bold('Ledger against intent'),
    ...indented([
      ['wanted', String(writes)],
      ...Object.entries(differences).map(([what, keys]: [string, string[]]) => [what, String(keys.length)]),
      ['parked, then redriven', `${parked.total} (${listed(parked.byCause)})`],
      [
        'redrive jobs',
        rounds
          .map(
            ({ total, state, resumed }) => `${total} ${state}${resumed > 0 ? `, resumed ${resumed}×` : ''}`,
          )
          .join(', ') || 'none',
      ],
      ['took', `${seconds.toFixed(0)} s, ${(writes / seconds).toFixed(1)} writes/s`],
    ]),
    '',
    style.bold('What befell it'),
    ...indented(Object.entries(result.blows).map(([what, times]) => [what, `${times}×`])),
    ...indented(Object.entries(result.faults).map(([kind, met]) => [kind, `${met} requests`])),
    '',
    style.bold('What it cost'),
    ...indented([
      ['attempts → writes', listed(result.attempts)],
      ['a write without a fault', priced(cost.calm)],
      ['a write with one', priced(cost.faulty)],
      ...Object.entries(rates).map(([system, { limit, mostInAMinute, felt }]) => [
        `${system}, most in a minute`,
        `${mostInAMinute} of ${limit}; told to slow down ${felt}×`,
      ]),
    ]),
    '',
    ...(broken.length === 0
      ? [style.good('✓ Nothing lost, nothing twice: the ledgers equal the intent.')]
      : broken.map((sentence) => style.bad(`✗ ${sentence}`))),
    '',
  ];
  return lines.join('\n');
}

const indented = (rows: readonly (readonly string[])[]): string[] => table(rows).map((line) => `  ${line}`);
const listed = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([what, count]) => `${what}: ${count}`)
    .join(', ');
const priced = ({ workflowTasks, activities, events, histories }: Cost): string =>
  `${workflowTasks} workflow tasks, ${activities} activities, ${events} events (${histories} histories)`;
