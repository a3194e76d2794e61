/** `npm run bench:soak`: many calls for long, callers who hang up and call again, and memory that must stay flat. */
import { parseArgs } from 'node:util';
import { describeFailure } from '../../src/cli/up/failure.js';
import { terminalProgress } from '../../src/cli/up/progress.js';
import { interruptible } from '../interrupt.js';
import { runLoad } from '../voice/load-run.js';
import type { TransportName } from '../voice/messages.js';
import { profiles } from '../voice/profiles.js';
import { openSite } from '../voice/site.js';
import { summarise } from '../voice/summary.js';
import { flatnessOf, type TimedSample } from './flatness.js';
import { reportOf, type SoakResult } from './report.js';

const USAGE = `npm run bench:soak [-- options]

Starts the stack with the OpenAI stand-in, keeps calls on the line for long (callers hang up after about a minute, and
others call), and weighs the edge after a full collection. Fails when its memory has grown, a turn was missed or a call lost.
  --minutes M       how long (2; --minutes 30 --calls 100 is the proof, a shorter run only a smoke test)
  --calls N         calls at once (20)
  --transport NAME  native or twilio (native)
  --json            one JSON document; progress goes to the error output
`;
/** A call lasts 30 to 90 s. */
const HANG_UP_AFTER_MS = 60_000;
/** So many samples over a run, but none more often than every 5 s: each stops the edge for a moment. */
const SAMPLES = 40;
const LEAST_BETWEEN_MS = 5_000;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '2' },
    calls: { type: 'string', default: '20' },
    transport: { type: 'string', default: 'native' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

async function soak(calls: number, minutes: number, transport: TransportName): Promise<SoakResult> {
  const interrupt = interruptible();
  const site = await openSite({
    maxCalls: calls * 2 + 10,
    endpointMs: 200,
    progress: terminalProgress((text) => void process.stderr.write(text), process.stderr.isTTY),
    signal: interrupt.signal,
  });
  const measureMs = minutes * 60_000;
  const samples: TimedSample[] = [];
  let timer: NodeJS.Timeout | undefined;
  try {
    const { settings, stallEveryTurns } = profiles.instant;
    await site.openai.configure(settings);
    const take = async (): Promise<void> => {
      samples.push({ atMs: performance.now(), ...(await site.edge.sample()) });
    };
    const onMeasuring = (): void => {
      timer = setInterval(
        () => void take().catch(() => undefined),
        Math.max(LEAST_BETWEEN_MS, measureMs / SAMPLES),
      );
    };
    const load = { calls, measureMs, transport, speechMs: 1_500, silenceMs: 400, stallEveryTurns };
    const more = { interruptsEvery: 10, hangUpAfterMs: HANG_UP_AFTER_MS, signal: interrupt.signal };
    const outcome = await runLoad(site, { ...load, ...more, onMeasuring, onProgress });
    clearInterval(timer);
    return {
      ...summarise(outcome),
      samples,
      held: flatnessOf(samples, 'held'),
      rss: flatnessOf(samples, 'rss'),
    };
  } finally {
    clearInterval(timer);
    await site.close();
  }
}

const onProgress = (line: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K  ${line}`);
};

async function main(): Promise<number> {
  const [minutes, calls] = [Number(values.minutes), Number(values.calls)];
  const { transport } = values;
  const known = transport === 'native' || transport === 'twilio';
  if (!known || !(minutes > 0) || !Number.isSafeInteger(calls) || calls < 1) {
    process.stderr.write(USAGE);
    return 2;
  }
  const result = await soak(calls, minutes, transport);
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : reportOf(result));
  const well = result.held.flat && result.rss.flat && result.turns.missed === 0 && result.callsLost === 0;
  return well && result.samples.length >= 4 ? 0 : 1;
}

if (values.help) process.stdout.write(USAGE);
else
  process.exitCode = await main().catch((error: unknown) => {
    const { text, exitCode } = describeFailure(error);
    process.stderr.write(`${text}\n`);
    return exitCode;
  });
