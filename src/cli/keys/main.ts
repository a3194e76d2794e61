/** `npm run keys`: the keys that seal what Temporal keeps. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Connection } from '@temporalio/client';
import { loadProcessConfig } from '../../config/load.js';
import type { Config } from '../../config/schema.js';
import { LOOPBACK } from '../up/addresses.js';
import { announcedAtMs, findRunning } from '../up/running.js';
import { newPayloadKey } from '../up/secrets.js';
import { runCommand } from '../terminal/command.js';
import { table } from '../terminal/style.js';
import { openKeyFile } from './key-file.js';
import { countKeys } from './usage.js';

const USAGE = `npm run keys -- new           prints a fresh key, for HERMES_PAYLOAD_KEYS
npm run keys -- usage         how many workflows Temporal keeps that are sealed under each key
npm run keys -- list          ids of the embedded stack's keys, newest first
npm run keys -- rotate        gives the embedded stack a new key; it seals from the next start on
npm run keys -- retire <id>   takes an old key from it, once no workflow that is kept needs it
`;

const write = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h', default: false } },
  });
  const [command, id] = positionals;
  if (values.help || command === undefined) {
    write(USAGE);
    return values.help ? 0 : 2;
  }
  const config = loadProcessConfig();
  const file = () => openKeyFile(join(config.HERMES_DATA_DIR, 'secrets', 'payload-keys'));
  switch (command) {
    case 'new':
      write(newPayloadKey());
      return 0;
    case 'usage':
      table([
        ['key', 'workflows'],
        ...[...(await usage(config))].map(([key, n]) => [key, String(n)]),
      ]).forEach(write);
      return 0;
    case 'list':
      file().ids.forEach(write);
      return 0;
    case 'rotate':
      write(
        `${file().add(newPayloadKey())} seals from the next start on. Older keys stay, to read what they sealed.`,
      );
      return 0;
    case 'retire':
      return retire(file(), id, config);
    default:
      write(USAGE);
      return 2;
  }
}

async function retire(
  file: ReturnType<typeof openKeyFile>,
  id: string | undefined,
  config: Config,
): Promise<number> {
  if (id === undefined || !file.ids.includes(id)) throw new Error(`Which key? ${file.ids.join(', ')}`);
  const { HERMES_DATA_DIR: dataDir } = config;
  // Its processes may still seal under the key that the file no longer puts first.
  if (findRunning(dataDir) && announcedAtMs(dataDir) < file.changedAtMs)
    throw new Error(
      'The stack has run since before the keys changed: start it anew first, then retire a key.',
    );
  const needed = (await usage(config)).get(id) ?? 0;
  if (needed > 0)
    throw new Error(`${needed} workflows that Temporal keeps are sealed under ${id}: they need it.`);
  file.remove(id);
  write(`${id} is gone; restart with npm start.`);
  return 0;
}

async function usage(config: Config): Promise<Map<string, number>> {
  const address = config.TEMPORAL_ADDRESS ?? `${LOOPBACK}:${config.HERMES_TEMPORAL_PORT}`;
  const connection = await Connection.connect({ address, connectTimeout: 5_000 });
  try {
    return await countKeys(connection, config.TEMPORAL_NAMESPACE);
  } finally {
    await connection.close();
  }
}

await runCommand(main);
