/** `npm run chaos:writes`: everything goes wrong at once, and the vendors' own ledgers must equal what was wanted. */
import { runCommand, wantsColour } from '../../src/cli/terminal/command.js';
import { terminalProgress } from '../../src/cli/up/progress.js';
import { interruptible } from '../interrupt.js';
import { readOptions, USAGE, type ChaosOptions } from './options.js';
import { shown } from './report.js';
import { runChaos, type Reporter } from './run.js';
import { brokenPromises } from './verdict.js';

/** Lines of progress where there is no terminal to write one line over and over. */
const PLAIN_EVERY_MS = 10_000;

function reporter({ writes }: ChaosOptions): Reporter {
  const { isTTY } = process.stderr;
  const write = (text: string): void => void process.stderr.write(text);
  const progress = terminalProgress(
    (text) => write(isTTY ? `\r\u001b[K${text}` : text),
    wantsColour(process.stderr),
  );
  const begunMs = Date.now();
  let shownMs = 0;
  return {
    ...progress,
    counts: ({ landed, parked, moving }) => {
      const nowMs = Date.now();
      if (!isTTY && nowMs - shownMs < PLAIN_EVERY_MS) return;
      shownMs = nowMs;
      const seconds = Math.round((nowMs - begunMs) / 1_000);
      const line = `${landed} of ${writes} landed, ${parked} parked, ${moving} under way, ${seconds} s`;
      write(isTTY ? `\r\u001b[K  ${line}` : `  ${line}\n`);
    },
  };
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (!options) {
    process.stdout.write(USAGE);
    return 0;
  }
  const stop = interruptible();
  const result = await runChaos(options, reporter(options), stop.signal);
  const broken = brokenPromises(result);
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ options, ...result, broken }, null, 2)}\n`
      : `${shown(result, wantsColour(process.stdout))}\n`,
  );
  return broken.length === 0 ? 0 : 1;
}

await runCommand(main);
