/** `npm run bench:faults`: what a caller hears when a provider fails, and after how long, over real sockets. */
import { wantsColour } from '../../src/cli/terminal/command.js';
import { describeFailure } from '../../src/cli/up/failure.js';
import { terminalProgress } from '../../src/cli/up/progress.js';
import { createStyle } from '../../src/cli/terminal/style.js';
import { createLogger } from '../../src/telemetry/logger.js';
import { openSite, type BenchSite } from '../voice/site.js';
import { interruptible } from '../interrupt.js';
import { readOptions, USAGE, UsageError, type FaultBenchOptions } from './options.js';
import { reportOf } from './report.js';
import { runRow, type Row } from './row.js';
import { createUtterances } from './utterances.js';

/** The product's own silence rule, so that the figures are what callers get. */
const ENDPOINT_MS = 600;
/** The recogniser that stands in is opened beside the calls, and the phrases are made meanwhile. */
const STAND_BY_MS = 4_000;

const colour = wantsColour(process.stdout);
const note = (text: string): void => void process.stderr.write(text);

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (!options) {
    process.stdout.write(USAGE);
    return 0;
  }
  const interrupt = interruptible();
  let site: BenchSite | undefined;
  try {
    const standIn = options.standIns ? 'local' : 'none';
    site = await openSite({
      maxCalls: 10,
      endpointMs: ENDPOINT_MS,
      env: { HERMES_STT_FALLBACK: standIn, HERMES_TTS_FALLBACK: standIn },
      progress: terminalProgress(note, colour),
      signal: interrupt.signal,
    });
    const rows = await measure(site, options, interrupt.signal);
    const about = { date: new Date().toISOString(), node: process.version, options };
    process.stdout.write(options.json ? `${JSON.stringify({ ...about, rows })}\n` : reportOf(rows, colour));
    return rows.some(({ broken }) => broken.length > 0) ? 1 : 0;
  } catch (error) {
    if (interrupt.signal.aborted) return 130;
    throw error;
  } finally {
    await site?.close();
  }
}

async function measure(site: BenchSite, options: FaultBenchOptions, signal: AbortSignal): Promise<Row[]> {
  const utterances = await createUtterances(createLogger('warn', 'bench'));
  await new Promise((resolve) => setTimeout(resolve, STAND_BY_MS));
  const rows: Row[] = [];
  for (const stage of options.stages) {
    for (const fault of options.faults) {
      signal.throwIfAborted();
      note(`  ${stage} ${fault}\n`);
      rows.push(await runRow(site, stage, fault, utterances));
    }
  }
  return rows;
}

try {
  process.exitCode = await main();
} catch (error) {
  const bad = createStyle(process.stderr.isTTY).bad('✗');
  const { text, exitCode } =
    error instanceof UsageError ? { text: error.message, exitCode: 2 } : describeFailure(error);
  note(`${bad} ${text}\n`);
  process.exitCode = exitCode;
}
