import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ephemeralPorts, type Ports } from '../../../src/cli/up/addresses.js';
import { eventually } from '../../support/eventually.js';

/** `npm start` as a person would run it, in a terminal of its own. */
export interface Terminal {
  process: ChildProcess;
  /** Everything printed so far, on both streams. */
  printed: () => string;
  exitCode: Promise<number | null>;
  /** Waits for words on the screen. */
  shows: (words: string | RegExp, withinMs: number) => Promise<void>;
}

export function startInTerminal(dataDir: string, env: Record<string, string>): Terminal {
  const root = join(import.meta.dirname, '..', '..', '..');
  const program = join(root, 'src/cli/up/main.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', program, '--data-dir', dataDir], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => (printed += chunk));
  const exitCode = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  return {
    process: child,
    printed: () => printed,
    exitCode,
    shows: async (words, withinMs) => {
      const found = (): boolean =>
        typeof words === 'string' ? printed.includes(words) : words.test(printed);
      await eventually(
        () => {
          if (child.exitCode !== null && !found()) throw new Error(`it ended: ${printed}`);
          return found();
        },
        { withinMs, what: `the terminal shows ${words.toString()}; it shows\n${printed}` },
      );
    },
  };
}

/** Free ports for one stack, as settings. */
export async function portSettings(): Promise<{ ports: Ports; env: Record<string, string> }> {
  const ports = await ephemeralPorts();
  const env = {
    HERMES_PORT: ports.edge,
    HERMES_WORKER_PORT: ports.worker,
    HERMES_POSTGRES_PORT: ports.postgres,
    HERMES_TEMPORAL_PORT: ports.temporal,
    HERMES_TEMPORAL_UI_PORT: ports.temporalUi,
    HERMES_CLIO_STANDIN_PORT: ports.clio,
    HERMES_LAWPAY_STANDIN_PORT: ports.lawpay,
    HERMES_OPENAI_STANDIN_PORT: ports.openai,
  };
  return { ports, env: Object.fromEntries(Object.entries(env).map(([name, port]) => [name, String(port)])) };
}

/**
 * Processes that belong to a data directory: it is in their command line or their environment. Linux only.
 * @returns `pid command` of each.
 */
export function processesOf(dataDir: string): string[] {
  const read = (pid: string, file: string): string => {
    try {
      return readFileSync(`/proc/${pid}/${file}`, 'utf8');
    } catch {
      return ''; // gone, or another user's
    }
  };
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => `${read(pid, 'cmdline')}\0${read(pid, 'environ')}`.includes(dataDir))
    .map((pid) => `${pid} ${read(pid, 'cmdline').replaceAll('\0', ' ')}`);
}
