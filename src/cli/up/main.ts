/** `npm start`: starts the embedded stack and keeps it running until Ctrl-C. */
import { parseArgs } from 'node:util';
import { complain, wantsColour } from '../terminal/command.js';
import { createStyle } from '../terminal/style.js';
import { shownPath } from './data-dir.js';
import { describeFailure } from './failure.js';
import { terminalProgress } from './progress.js';
import { announceRunning, runningOf } from './running.js';
import { startStack, type Stack } from './stack.js';

const USAGE = `npm start [-- --data-dir DIR]

Starts PostgreSQL, Temporal, the stand-ins, the worker and the edge, and stays. Ctrl-C stops everything.
  --data-dir DIR   where everything is kept (HERMES_DATA_DIR, .hermes)
Ports and the rest are settings: see .env.example.
`;

const write = (text: string): void => void process.stdout.write(text);
process.stdout.on('error', () => undefined); // the terminal is gone; the stack is stopped by its signal

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { 'data-dir': { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } },
  });
  if (values.help) {
    write(USAGE);
    return;
  }

  const colour = wantsColour(process.stdout);
  const startedMs = performance.now();
  const interrupt = new AbortController();
  let stack: Stack | undefined;
  const stopped = untilToldToStop(interrupt, () => stack);
  try {
    stack = await startStack({
      env: process.env,
      dataDir: values['data-dir'],
      progress: terminalProgress(write, colour),
      signal: interrupt.signal,
    });
  } catch (error) {
    if (interrupt.signal.aborted) process.exitCode = 130;
    else {
      const { text, exitCode } = describeFailure(error);
      complain(text);
      process.exitCode = exitCode;
    }
    return process.exit();
  }
  const notice = announceRunning(stack.dataDir, runningOf(stack));
  write(summary(stack, performance.now() - startedMs, colour));
  await stopped;
  notice.forget();
  write('\nStopping…\n');
  await stack.stop();
  write('Stopped. Everything is kept; npm start goes on from here.\n');
  process.exit();
}

/** Settles at the first signal; the second one ends everything at once. */
function untilToldToStop(interrupt: AbortController, running: () => Stack | undefined): Promise<void> {
  return new Promise((resolve) => {
    const onSignal = (): void => {
      if (interrupt.signal.aborted) {
        const over = (): never => process.exit(130);
        void (running()?.abandon() ?? Promise.resolve()).finally(over);
        return;
      }
      interrupt.abort(new Error('interrupted'));
      resolve();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  });
}

function summary(stack: Stack, tookMs: number, colour: boolean): string {
  const style = createStyle(colour);
  const { addresses, token } = stack;
  const lines: (readonly [string, string] | undefined)[] = [
    ['API', addresses.api],
    ['Documentation', `${addresses.api}/docs`],
    addresses.temporalUi === undefined ? undefined : ['Temporal UI', addresses.temporalUi],
    token && ['Token', `$(cat ${shownPath(token.file)})  (ADMIN of the demo firm, 12 h)`],
    token && [
      'Try',
      `curl -H "Authorization: Bearer $(cat ${shownPath(token.file)})" ${addresses.api}/api/v1/calls`,
    ],
    ['Place a call', 'npm run call -- --help'],
    ['Dead letters', 'npm run dlq -- --help'],
  ];
  const text = lines
    .filter((line) => line !== undefined)
    .map(([label, value]) => `  ${label.padEnd(15)}${value}`)
    .join('\n');
  return `\n${style.bold(`Ready in ${(tookMs / 1_000).toFixed(1)} s.`)} Ctrl-C stops everything.\n${text}\n`;
}

await main();
