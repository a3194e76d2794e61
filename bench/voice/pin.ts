/** Cores for the edge and for everything else, by `taskset` (util-linux). */
import { execFile } from 'node:child_process';
import { cpus } from 'node:os';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The edge has this core to itself, as far as the bench can say. */
const EDGE_CORE = '0';

/**
 * Keeps this process, and what it starts from now on, off the edge's core.
 * @returns false where that cannot be done: one core, or no `taskset`.
 */
export async function leaveEdgeCore(): Promise<boolean> {
  const cores = cpus().length;
  if (cores < 2) return false;
  return taskset('-acp', `1-${cores - 1}`, String(process.pid));
}

/** Holds all threads of the edge to its one core. */
export const holdToEdgeCore = (pid: number): Promise<boolean> => taskset('-acp', EDGE_CORE, String(pid));

const taskset = (...args: string[]): Promise<boolean> =>
  run('taskset', args).then(
    () => true,
    () => false,
  );
