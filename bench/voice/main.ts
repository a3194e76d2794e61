/** `npm run bench:voice`: what callers hear, and what a call costs, measured from outside over real sockets. */
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { wantsColour } from '../../src/cli/terminal/command.js';
import { describeFailure } from '../../src/cli/up/failure.js';
import { terminalProgress } from '../../src/cli/up/progress.js';
import { createStyle } from '../../src/cli/terminal/style.js';
import { interruptible } from '../interrupt.js';
import { accountOf } from './edge-account.js';
import { runLoad } from './load-run.js';
import { type BenchOptions, readOptions, USAGE, UsageError } from './options.js';
import { holdToEdgeCore, leaveEdgeCore } from './pin.js';
import { profiles } from './profiles.js';
import { ramp } from './ramp.js';
import { rampReportOf, reportOf } from './report.js';
import { type BenchSite, openSite } from './site.js';
import { summarise, type Summary } from './summary.js';

/** Loads the edge's code paths before anything is measured. */
const WARM_UP = { calls: 4, measureMs: 5_000 };
/** Calls that have ended are still being written down for a moment. */
const SETTLE_MS = 1_500;

const colour = wantsColour(process.stdout);
const note = (text: string): void => void process.stderr.write(text);
/** One line that is overwritten on a terminal; elsewhere only the last state of each phase would matter. */
const status = (line: string): void => {
  if (process.stderr.isTTY) note(`\r\x1b[K  ${line}`);
};

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (!options) {
    process.stdout.write(USAGE);
    return 0;
  }
  const interrupt = interruptible();
  let site: BenchSite | undefined;
  const pinned = options.pin && (await leaveEdgeCore());
  try {
    site = await openSite({
      maxCalls: options.calls * 2 + 10,
      endpointMs: options.endpointMs,
      env: { HERMES_RECORDING: options.record ? 'directory' : 'off' },
      progress: terminalProgress(note, colour),
      signal: interrupt.signal,
    });
    if (!options.worker) await site.withoutWorker();
    if (pinned && !(await holdToEdgeCore(site.edgePid())))
      throw new Error('The edge could not be held to one core.');
    return await measure(site, { ...options, pin: pinned }, interrupt.signal);
  } catch (error) {
    if (interrupt.signal.aborted) return 130;
    throw error;
  } finally {
    await site?.close();
  }
}

async function measure(site: BenchSite, options: BenchOptions, signal: AbortSignal): Promise<number> {
  const { settings, stallEveryTurns } = profiles[options.profile];
  await site.openai.configure(settings);
  const load = async (calls: number, measureMs: number, stalls: number | null): Promise<Summary> => {
    const { transport, speechMs, silenceMs, interruptsEvery } = options;
    const order = {
      transport,
      interruptsEvery,
      hangUpAfterMs: null,
      calls,
      measureMs,
      speechMs,
      silenceMs,
      stallEveryTurns: stalls,
      onProgress: status,
      favourGenerator: options.pin,
      signal,
    };
    const summary = summarise(await runLoad(site, order));
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    status('');
    return summary;
  };
  note('  warming up\n');
  await load(WARM_UP.calls, WARM_UP.measureMs, null);
  const step = (calls: number): Promise<Summary> => {
    note(`  measuring ${calls} calls for ${options.measureMs / 1_000} s\n`);
    return load(calls, options.measureMs, stallEveryTurns);
  };
  const about = { date: new Date().toISOString(), node: process.version, cores: cpus().length, options };
  if (options.ramp) {
    const result = await ramp(options.calls, step);
    print(options.json ? JSON.stringify({ ...about, ramp: result }) : rampReportOf(result, options, colour));
    return result.before ? 0 : 1;
  }
  if (options.cpuProfile !== null) await site.edge.startProfile();
  const fromMs = Date.now();
  const summary = await step(options.calls);
  if (options.cpuProfile !== null) await writeFile(options.cpuProfile, await site.edge.takeProfile());
  const edgeAccount = await accountOf(site, { fromMs, turns: summary.turns.answered });
  print(
    options.json
      ? JSON.stringify({ ...about, ...summary, edgeAccount })
      : reportOf(summary, { ...options, edgeAccount }, colour),
  );
  return summary.generator.valid && summary.turns.sent > 0 ? 0 : 1;
}

const print = (text: string): void => void process.stdout.write(`${text}\n`);

try {
  process.exitCode = await main();
} catch (error) {
  const bad = createStyle(process.stderr.isTTY).bad('✗');
  const { text, exitCode } =
    error instanceof UsageError ? { text: error.message, exitCode: 2 } : describeFailure(error);
  note(`${bad} ${text}\n`);
  process.exitCode = exitCode;
}
