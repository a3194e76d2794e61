/** `npm run bench:dlq`: what the dead-letter queue takes and gives under thousands of parked writes. */
import { createStyle, table } from '../../src/cli/terminal/style.js';
import { runCommand, wantsColour } from '../../src/cli/terminal/command.js';
import { terminalProgress } from '../../src/cli/up/progress.js';
import type { Spread } from '../voice/percentiles.js';
import { interruptible } from '../interrupt.js';
import { openBare } from './bare.js';
import { abortedRun, bulkRun, cappedRun, type BulkRun } from './jobs.js';
import { measureLists, removeRows, seedRows } from './lists.js';
import { type DlqBenchOptions, readOptions, USAGE } from './options.js';
import { openSite, type DlqSite } from './site.js';
import { decisionToAttempt, parkWrites } from './writes.js';

/** One promise and what was measured. */
interface Finding {
  what: string;
  reach: string;
  measured: string;
  isKept: boolean;
  figures: unknown;
}

const colour = wantsColour(process.stdout);
const note = (text: string): void => void process.stderr.write(`${text}\n`);
const ms = (value: number | undefined): string =>
  value === undefined ? 'no samples' : `${value.toFixed(0)} ms`;

function withinMs(what: string, spread: Spread | null, limitMs: number): Finding {
  return {
    what,
    reach: `p95 ≤ ${limitMs} ms`,
    measured: `p95 ${ms(spread?.p95)}, p50 ${ms(spread?.p50)}, worst ${ms(spread?.max)}`,
    isKept: spread !== null && spread.p95 <= limitMs,
    figures: spread,
  };
}

async function measureList(site: DlqSite, { rows }: DlqBenchOptions): Promise<Finding[]> {
  note(`seeding ${rows} parked rows`);
  await seedRows(site, rows);
  const spreads = await measureLists(site);
  await removeRows(site);
  return Object.entries(spreads).map(([what, spread]) => withinMs(`${what}, ${rows} parked`, spread, 50));
}

async function measureWrites(site: DlqSite, { writes }: DlqBenchOptions): Promise<Finding[]> {
  const { ids, calm, burst } = await parkWrites(site, writes, note);
  const listed = withinMs('parked → listed, four a second', calm, 500);
  listed.figures = { calm, burst };
  note(`parked → listed while ${writes} park as fast as they can: p95 ${ms(burst?.p95)}`);
  const deciding = await decisionToAttempt(site, ids.slice(0, Math.min(100, Math.ceil(writes / 10))));
  return [listed, withinMs('retry accepted → attempt running', deciding, 250)];
}

async function measureJobs(site: DlqSite, { rate, writes }: DlqBenchOptions): Promise<Finding[]> {
  const capped = await cappedRun(site, rate, Math.ceil(writes / 5));
  const aborted = await abortedRun(site, rate);
  const bare = await openBare(site);
  const bulk = await bulkRun(site, bare).finally(() => bare.close());
  return [
    {
      what: `a job capped at ${rate}/s, ${capped.tried} writes`,
      reach: '±5 %',
      measured: `${capped.perSecond.toFixed(2)}/s`,
      isKept: Math.abs(capped.perSecond / rate - 1) <= 0.05,
      figures: capped,
    },
    {
      what: 'abort → the last write told, and → aborted in the list',
      reach: '≤ 2 s',
      measured: `${ms(aborted.lastToldMs)}, ${ms(aborted.listedMs)}`,
      isKept: Math.max(aborted.lastToldMs, aborted.listedMs) <= 2_000,
      figures: aborted,
    },
    bulkFinding(bulk),
    {
      what: 'a bare workflow has the events of a redriven write',
      reach: 'no other',
      measured: bulk.unlike.join(', ') || `the same ${Object.values(bulk.events).reduce((a, b) => a + b, 0)}`,
      isKept: bulk.unlike.length === 0,
      figures: bulk.events,
    },
  ];
}

/** Of the turns the median counts: each compares what the machine gave within the same seconds. */
function bulkFinding(bulk: BulkRun): Finding {
  const { total, rounds, items } = bulk;
  const unsettled = total - Object.values(items).reduce((a, b) => a + b, 0) + (items['sent'] ?? 0);
  const median = (values: number[]): number =>
    values.sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? 0;
  const perSecond = median(rounds.map(({ redrivenPerSecond }) => redrivenPerSecond));
  const bare = median(rounds.map(({ barePerSecond }) => barePerSecond));
  const shares = rounds.map(({ redrivenPerSecond, barePerSecond }) => redrivenPerSecond / barePerSecond);
  const share = median(shares);
  const percent = (value: number | undefined): string => `${(100 * (value ?? 0)).toFixed(0)} %`;
  return {
    what: `bulk retry of ${total}, each with a result`,
    reach: '≥ 50/s, or ≥ 80 % of bare workflows',
    measured: `${perSecond.toFixed(1)}/s, ${percent(share)} of ${bare.toFixed(1)}/s (turns: ${percent(shares[0])} to ${percent(shares.at(-1))})`,
    isKept: unsettled === 0 && (perSecond >= 50 || share >= 0.8),
    figures: { ...bulk, perSecond, barePerSecond: bare, share },
  };
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (!options) {
    process.stdout.write(USAGE);
    return 0;
  }
  const interrupt = interruptible();
  const site = await openSite(
    terminalProgress((text) => void process.stderr.write(text), colour),
    interrupt.signal,
  );
  const findings: Finding[] = [];
  try {
    if (options.parts.includes('list')) findings.push(...(await measureList(site, options)));
    if (options.parts.includes('writes')) findings.push(...(await measureWrites(site, options)));
    if (options.parts.includes('redrive')) findings.push(...(await measureJobs(site, options)));
  } finally {
    await site.close();
  }
  process.stdout.write(
    options.json ? `${JSON.stringify({ options, findings }, null, 2)}\n` : shown(findings),
  );
  return findings.every(({ isKept }) => isKept) ? 0 : 1;
}

function shown(findings: readonly Finding[]): string {
  const style = createStyle(colour);
  const rows = findings.map(({ what, reach, measured, isKept }) => [
    isKept ? '✓' : '✗',
    what,
    reach,
    measured,
  ]);
  return `${table(rows)
    .map((row, i) => (findings[i]?.isKept ? row : style.bad(row)))
    .join('\n')}\n`;
}

await runCommand(main);
