/** `npm run dlq`: finds parked writes, decides about them, and runs redrive jobs. */
import { z } from 'zod';
import { connectOperator } from '../operator/connect.js';
import type { OperatorApi } from '../operator/api.js';
import type { Ask } from '../operator/ask.js';
import { runCommand, wantsColour } from '../terminal/command.js';
import { createStyle, table } from '../terminal/style.js';
import { filterOf, type Options, readArguments, tell, USAGE, write } from './options.js';
import { redriveCommand } from './redrive.js';
import { Details, detailsInWords, priorityTable, Stats, statsInWords } from './shown.js';

const style = createStyle(wantsColour(process.stdout));

/** The API takes this many ids at once. */
const BATCH = 100;

async function main(): Promise<number> {
  const { values, positionals } = readArguments();
  const [command, ...rest] = positionals;
  if (values.help || command === undefined) {
    write(USAGE);
    return values.help ? 0 : 2;
  }
  const { api, ask } = connectOperator(process.env);
  const code = await (command === 'redrive'
    ? redriveCommand(ask, rest, values)
    : writeCommand({ api, ask }, command, rest, values));
  if (code === undefined) write(USAGE);
  return code ?? 2;
}

interface Means {
  api: OperatorApi;
  ask: Ask;
}

/** @returns undefined when there is no such command. */
async function writeCommand(
  { api, ask }: Means,
  command: string,
  ids: readonly string[],
  options: Options,
): Promise<number | undefined> {
  const [id] = ids;
  switch (command) {
    case 'list':
      return list(api, options);
    case 'stats':
      return stats(ask, options.json);
    case 'issues':
      return issues(ask, options.json);
    case 'retry':
      if (!options.all && ids.length === 0) return undefined;
      return retry(api, options.all ? await parkedIds(api, options) : ids, options);
    case 'show':
      return id === undefined ? undefined : show(ask, id, options.json);
    case 'discard':
    case 'approve':
    case 'withdraw':
      return id === undefined ? undefined : decide(ask, id, command, options.reason);
    default:
      return undefined;
  }
}

const pathOf = (id: string): string => `/dlq/${encodeURIComponent(id)}`;

const parkedIds = async (api: OperatorApi, options: Options): Promise<string[]> =>
  (await api.deadLetters(filterOf(options))).map((letter) => letter.message_id);

async function list(api: OperatorApi, options: Options): Promise<number> {
  const letters = await api.deadLetters(filterOf(options));
  tell(options.json, letters, () => {
    if (letters.length === 0) return ['Nothing is parked.'];
    const rows = letters.map((l) => [
      l.message_id,
      l.operation,
      l.error_class ?? '',
      l.priority,
      l.parked_at,
    ]);
    return priorityTable(['id', 'operation', 'cause', 'priority', 'parked'], rows, style);
  });
  return 0;
}

async function retry(api: OperatorApi, ids: readonly string[], { reason, json }: Options): Promise<number> {
  const results: Awaited<ReturnType<OperatorApi['retry']>> = [];
  for (let at = 0; at < ids.length; at += BATCH)
    results.push(...(await api.retry(ids.slice(at, at + BATCH), reason)));
  tell(json, results, () =>
    results.length === 0
      ? ['Nothing is parked.']
      : table(results.map((r) => [r.message_id, r.result, r.detail ?? ''])),
  );
  return results.some((r) => r.result === 'failed') ? 1 : 0;
}

async function stats(ask: Ask, json: boolean): Promise<number> {
  const found = await ask(Stats, '/dlq/stats');
  tell(json, found, () => statsInWords(found, style));
  return 0;
}

async function show(ask: Ask, id: string, json: boolean): Promise<number> {
  const found = await ask(Details, pathOf(id));
  tell(json, found, () => detailsInWords(found, style));
  return 0;
}

async function decide(ask: Ask, id: string, action: string, reason: string): Promise<number> {
  const { revision } = await ask(z.object({ revision: z.number() }), pathOf(id));
  const body = { reason, expected_revision: revision };
  const { result } = await ask(z.object({ result: z.string() }), `${pathOf(id)}/${action}`, body);
  write(`${id}: ${result}`);
  return 0;
}

const Issues = z.object({
  issues: z.array(
    z.object({
      fingerprint: z.string(),
      operation: z.string(),
      error_class: z.string(),
      pattern: z.string(),
      state: z.string(),
      owner: z.string().nullable(),
      parked: z.number(),
    }),
  ),
});

async function issues(ask: Ask, json: boolean): Promise<number> {
  const { issues: found } = await ask(Issues, '/dlq/issues');
  tell(json, found, () =>
    found.length === 0
      ? ['There are no issues.']
      : table([
          ['issue', 'parked', 'state', 'owner', 'operation', 'cause', 'message'],
          ...found.map((i) => [
            ...[i.fingerprint, String(i.parked), i.state, i.owner ?? '', i.operation],
            ...[i.error_class, i.pattern],
          ]),
        ]),
  );
  return 0;
}

await runCommand(main);
