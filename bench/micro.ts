/** `npm run bench:micro`: what each small step of the audio loop costs on this machine. */
import { parseArgs } from 'node:util';
import { createStyle, table } from '../src/cli/terminal/style.js';
import { measure, type Measurement } from './micro/measure.js';
import { openSubjects } from './micro/subjects.js';

const USAGE = `npm run bench:micro [-- --json] [-- --only WORDS]

Prints nanoseconds per operation: the median of nine runs, the fastest and the slowest.
  --only WORDS   measures only what has these words in its name
  --json         one JSON document instead of text; progress goes to the error output
`;

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

async function main(): Promise<void> {
  const { subjects, close } = await openSubjects();
  const results: Measurement[] = [];
  try {
    for (const subject of subjects.filter(({ name }) => name.includes(values.only))) {
      if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${subject.name} …`);
      results.push(await measure(subject));
    }
  } finally {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
    await close();
  }
  process.stdout.write(
    values.json ? `${JSON.stringify({ node: process.version, results })}\n` : shown(results),
  );
}

function shown(results: readonly Measurement[]): string {
  const style = createStyle(process.stdout.isTTY && !process.env['NO_COLOR']);
  const ns = (value: number): string => Math.round(value).toLocaleString('en').padStart(9);
  const [head = '', ...rows] = table([
    ['', 'ns median'.padStart(9), 'fastest'.padStart(9), 'slowest'.padStart(9)],
    ...results.map(({ name, nsPerOp, minNs, maxNs }) => [name, ns(nsPerOp), ns(minNs), ns(maxNs)]),
  ]);
  return [style.dim(head), ...rows, ''].join('\n');
}

if (values.help) process.stdout.write(USAGE);
else await main();
process.exit(0); // open calls hold their timers
