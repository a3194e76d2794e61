/** `npm run demo`: starts the stack, places two real calls, and shows what they left behind. */
import { parseArgs } from 'node:util';
import { complain, wantsColour } from '../terminal/command.js';
import { createStyle } from '../terminal/style.js';
import { describeFailure } from '../up/failure.js';
import { terminalProgress } from '../up/progress.js';
import { announceRunning, findRunning, runningOf } from '../up/running.js';
import { startStack, type Stack } from '../up/stack.js';
import { runDemo } from './run-demo.js';
import { demoLadder } from './scenes.js';
import { createScreen, noScreen, type Screen } from './screen.js';

const USAGE = `npm run demo [-- options]

Starts the stack (or uses the one that runs), places two calls, and shows what they left behind.
  --keep           leave the stack running afterwards, until Ctrl-C
  --typed          type the calls instead of speaking them
  --json           print one JSON document instead of text; progress goes to the error output
  --data-dir DIR   where everything is kept (HERMES_DATA_DIR, .hermes)
`;

const options = {
  keep: { type: 'boolean', default: false },
  typed: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  'data-dir': { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

async function main(): Promise<number> {
  const { values } = parseArgs({ options });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const colour = wantsColour(process.stdout) && !values.json;
  const out = (line: string): void => void process.stdout.write(`${line}\n`);
  const screen = values.json ? noScreen : createScreen(createStyle(colour), out);
  const dataDir = values['data-dir'] ?? process.env['HERMES_DATA_DIR'] ?? '.hermes';
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => interrupt.abort(new Error('interrupted')));

  const already = findRunning(dataDir);
  let stack: Stack | undefined;
  try {
    if (already) screen.aside(`Using the stack that already runs (pid ${already.pid}).`);
    else stack = await start(dataDir, values.json, colour, interrupt.signal);
    screen.line(`Ready to answer after ${(performance.now() / 1_000).toFixed(1)} s.`);
    const running = already ?? runningOf(stack as Stack);
    const result = await Promise.race([
      runDemo(running, { typed: values.typed }, screen),
      aborted(interrupt.signal),
    ]);
    if (values.json) out(JSON.stringify(result, null, 2));
    if (values.keep && stack) await keep(stack, screen, interrupt.signal);
    return 0;
  } catch (error) {
    if (interrupt.signal.aborted) return values.keep ? 0 : 130;
    const { text, exitCode } = describeFailure(
      error,
      already || stack ? 'The demo stopped' : 'The stack could not start',
    );
    complain(text);
    return exitCode;
  } finally {
    await stack?.stop();
  }
}

function start(dataDir: string, json: boolean, colour: boolean, signal: AbortSignal): Promise<Stack> {
  const say = (text: string): void => void (json ? process.stderr : process.stdout).write(text);
  return startStack({
    env: { ...demoLadder, ...process.env },
    dataDir,
    progress: terminalProgress(say, colour),
    signal,
  });
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('interrupted'))));

async function keep(stack: Stack, screen: Screen, signal: AbortSignal): Promise<void> {
  const notice = announceRunning(stack.dataDir, runningOf(stack));
  screen.line(`The stack stays up at ${stack.addresses.api}. Ctrl-C stops it.`);
  await aborted(signal).catch(() => undefined);
  notice.forget();
}

process.exitCode = await main();
