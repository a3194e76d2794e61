/** `npm run call`: places a further call on the running stack, from a script or a recording. */
import { parseArgs } from 'node:util';
import { placeCall } from '../caller/place-call.js';
import { readScript } from '../caller/script.js';
import { utterancesOf, utterancesOfWav } from '../caller/utterances.js';
import type { Utterance } from '../caller/utterance.js';
import { createScreen } from '../demo/screen.js';
import { connectOperator } from '../operator/connect.js';
import { runCommand, wantsColour } from '../terminal/command.js';
import { createStyle } from '../terminal/style.js';

const USAGE = `npm run call -- <script.json | caller.wav> [--typed] [--json]

  script.json   what the caller says, see examples/eviction.json
  caller.wav    a recording of the caller's side, 16-bit PCM, pauses between the answers
  --typed       type the script instead of speaking it
  --json        one JSON document at the end
`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      typed: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const [file] = positionals;
  if (values.help || file === undefined) {
    process.stdout.write(USAGE);
    return values.help ? 0 : 2;
  }
  const { api, running } = connectOperator(process.env);
  const isTyped = values.typed || running?.typedOnly !== undefined;
  const utterances = await prepare(file, isTyped);
  const write = (line: string): void => void process.stdout.write(`${line}\n`);
  const screen = createScreen(createStyle(wantsColour(process.stdout)), write);
  const session = await api.startSession();
  const result = await placeCall({
    url: session.urls.native,
    token: session.token,
    utterances,
    onEvent: values.json ? () => undefined : screen.call,
  });
  if (values.json) write(JSON.stringify(result, null, 2));
  else screen.aside(`Call ${result.callId}. Its records: GET /api/v1/intakes/${result.callId}`);
  return 0;
}

async function prepare(file: string, isTyped: boolean): Promise<Utterance[]> {
  if (file.endsWith('.wav')) {
    if (isTyped) throw new Error('A recording needs a stack that hears; this one takes typed calls only.');
    return utterancesOfWav(file);
  }
  return utterancesOf(await readScript(file), { spoken: !isTyped });
}

await runCommand(main);
