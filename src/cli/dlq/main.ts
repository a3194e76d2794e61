/** `npm run dlq`: lists parked writes and resumes them. */
import { parseArgs } from 'node:util';
import { connectOperator } from '../operator/connect.js';
import type { OperatorApi } from '../operator/api.js';
import { runCommand } from '../terminal/command.js';
import { table } from '../terminal/style.js';

const USAGE = `npm run dlq -- list                    parked writes, longest parked first
npm run dlq -- retry <id>… | --all     try them again
  --reason TEXT   kept with the decision
  --json          for machines
`;

/** The API takes this many ids at once. */
const BATCH = 100;
const write = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      all: { type: 'boolean', default: false },
      reason: { type: 'string', default: 'retried from the command line' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const [command, ...ids] = positionals;
  const known = command === 'list' || (command === 'retry' && (values.all || ids.length > 0));
  if (values.help || !known) {
    write(USAGE);
    return values.help ? 0 : 2;
  }
  const { api } = connectOperator(process.env);
  if (command === 'list') return list(api, values.json);
  const chosen = values.all ? (await api.deadLetters()).map((letter) => letter.message_id) : ids;
  return retry(api, chosen, values.reason, values.json);
}

async function list(api: OperatorApi, json: boolean): Promise<number> {
  const letters = await api.deadLetters();
  if (json) write(JSON.stringify(letters, null, 2));
  else if (letters.length === 0) write('Nothing is parked.');
  else {
    const rows = letters.map((l) => [
      l.message_id,
      l.operation,
      l.error_class ?? '',
      l.priority,
      l.parked_at,
    ]);
    table([['id', 'operation', 'cause', 'priority', 'parked'], ...rows]).forEach(write);
  }
  return 0;
}

async function retry(
  api: OperatorApi,
  ids: readonly string[],
  reason: string,
  json: boolean,
): Promise<number> {
  const results = [];
  for (let at = 0; at < ids.length; at += BATCH)
    results.push(...(await api.retry(ids.slice(at, at + BATCH), reason)));
  if (json) write(JSON.stringify(results, null, 2));
  else if (results.length === 0) write('Nothing is parked.');
  else table(results.map((r) => [r.message_id, r.result, r.detail ?? ''])).forEach(write);
  return results.some((r) => r.result === 'failed') ? 1 : 0;
}

await runCommand(main);
