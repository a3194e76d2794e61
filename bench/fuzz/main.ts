/** `npm run fuzz:voice`: a great many hostile, broken and honest frames against every transport. */
import { parseArgs } from 'node:util';
import { createStyle } from '../../src/cli/terminal/style.js';
import { nativeConversation } from './conversations/native.js';
import { realtimeConversation } from './conversations/realtime.js';
import { twilioConversation } from './conversations/twilio.js';
import { openFuzzedEdge } from './edge.js';
import { runFuzz, type FuzzResult } from './run.js';
import { faultsOf, growthOf } from './verdict.js';

const USAGE = `npm run fuzz:voice [-- options]

Opens every transport on a free port and lets callers hold valid conversations, most of them changed at random: bits
flipped, messages cut, doubled, dropped, overtaken, values replaced, sockets cut and filled with noise. Afterwards no
session, socket or detector may be left, the memory must be flat, and nothing may have crashed.
  --frames N         messages sent to the edge (1000000)
  --seed N           the same seed holds the same conversations (1)
  --transport NAME   native, twilio or realtime only
  --json             one JSON document; progress goes to the error output
`;
const conversations = [nativeConversation, twilioConversation, realtimeConversation];

const { values } = parseArgs({
  options: {
    frames: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    transport: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

async function main(): Promise<number> {
  const chosen = conversations.filter(({ name }) => values.transport === '' || name === values.transport);
  const [frames, seed] = [Number(values.frames), Number(values.seed)];
  if (chosen.length === 0 || !Number.isSafeInteger(frames) || frames < 1 || !Number.isSafeInteger(seed)) {
    process.stderr.write(USAGE);
    return 2;
  }
  const crashes: string[] = [];
  const crashed = (error: unknown): void =>
    void crashes.push(error instanceof Error ? (error.stack ?? '') : String(error));
  process.on('uncaughtException', crashed);
  process.on('unhandledRejection', crashed);
  const edge = await openFuzzedEdge(seed);
  const result = await runFuzz(edge, { seed, frames, conversations: chosen, onProgress });
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  const faults = faultsOf(result, edge.defects, crashes);
  process.stdout.write(values.json ? `${JSON.stringify({ ...result, faults })}\n` : reportOf(result, faults));
  await edge.close();
  return faults.length === 0 ? 0 : 1;
}

let lastPercent = -1;
function onProgress(frames: number): void {
  const percent = Math.floor((100 * frames) / Number(values.frames));
  if (percent === lastPercent || !process.stderr.isTTY) return;
  lastPercent = percent;
  process.stderr.write(`\r\x1b[K  ${percent} %`);
}

const megabytes = (bytes: number): string => (bytes / 1_048_576).toFixed(1);

function reportOf(result: FuzzResult, faults: readonly string[]): string {
  const style = createStyle(process.stdout.isTTY && !process.env['NO_COLOR']);
  const held = Object.entries(result.conversations).map(([name, count]) => `${count} ${name}`);
  const memory = result.parts.map((part) => megabytes(part.heldBytes)).join(' ');
  return [
    style.bold(
      `${result.frames.toLocaleString('en')} frames in ${result.seconds.toFixed(0)} s, seed ${result.seed}`,
    ),
    `conversations  ${held.join(', ')}; ${result.answered} were answered, ${result.turns} turns`,
    `changed        ${result.changed.toLocaleString('en')} frames`,
    `memory         ${memory} MB held after each tenth, ${megabytes(growthOf(result))} MB more since the second`,
    ...(faults.length === 0
      ? ['no crash, no defect, nothing left']
      : faults.map((fault) => style.bad(fault))),
    '',
  ].join('\n');
}

if (values.help) process.stdout.write(USAGE);
else process.exitCode = await main();
