import type { Import } from './imports.js';

/** Composition roots import anything and hand it down. */
const isRoot = (path: string): boolean =>
  path === 'src/api/server.ts' ||
  path === 'src/workers/main.ts' ||
  path === 'src/workers/assemble.ts' ||
  path.startsWith('src/cli/');

/** The import table of the design: which room may use values of which, and which only types. */
const rooms: Readonly<Record<string, { values: readonly string[]; types: readonly string[] }>> = {
  config: { values: [], types: [] },
  domain: { values: [], types: [] },
  telemetry: { values: ['domain'], types: [] },
  codec: { values: ['domain'], types: ['telemetry'] },
  db: { values: ['domain'], types: ['telemetry'] },
  clients: { values: ['domain'], types: ['telemetry'] },
  workflows: { values: ['domain'], types: ['activities'] },
  activities: { values: ['domain', 'db', 'clients'], types: ['telemetry'] },
  voice: { values: ['domain'], types: ['telemetry'] },
  // of workflows only the definitions of messages and attributes, and how a write is started, are values
  api: { values: ['domain', 'db', 'voice', 'codec'], types: ['workflows', 'telemetry', 'config'] },
  workers: { values: ['domain', 'activities', 'workflows', 'codec'], types: ['telemetry', 'config'] },
};
const definitions = [
  'breaker-messages',
  'messages',
  'payment-messages',
  'redrive-messages',
  'search-attributes',
  'start-once',
  'write-start',
].map((name) => `src/workflows/${name}.ts`);

/** The demo breaks and mends the stand-ins before the reader's eyes. */
const DEMO = 'src/cli/demo/';

const roomOf = (path: string): string | undefined => /^src\/([^/]+)\//.exec(path)?.[1];

/** What is wrong with an import, in words; undefined when it is allowed. */
export function violation({ from, to, typeOnly }: Import): string | undefined {
  const isProduction = from.startsWith('src/') || from.startsWith('temporal/');
  if (isProduction && to.startsWith('standins/') && !from.startsWith(DEMO))
    return 'production code does not know the stand-ins';
  if (isProduction && to.startsWith('test/')) return 'production code does not know the tests';
  if (from.startsWith('temporal/') && to.startsWith('src/')) return 'temporal/ stands by itself';
  const [room, target] = [roomOf(from), roomOf(to)];
  if (isRoot(from) || room === undefined) return undefined;
  if (isRoot(to) && !typeOnly) return 'nothing imports a composition root';
  if (!to.startsWith('src/')) return `${room}/ does not reach outside src/`;
  if (target === undefined || target === room) return undefined;
  const allowed = rooms[room];
  if (!allowed) return `${room}/ is not in the table`;
  if (allowed.values.includes(target) || (room === 'api' && definitions.includes(to))) return undefined;
  if (!allowed.types.includes(target)) return `${room}/ may not import ${target}/`;
  return typeOnly ? undefined : `${room}/ may import only types from ${target}/`;
}
