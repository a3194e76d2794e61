import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorCode } from '../../../src/cli/up/error-code.js';
import type { ChildSpec } from '../../../src/cli/up/processes/child.js';

/** A temporary directory of one's own. */
export function scene(): { directory: string; clear: () => void } {
  const directory = mkdtempSync(join(tmpdir(), 'hermes-up-'));
  return { directory, clear: () => rmSync(directory, { recursive: true, force: true }) };
}

/** A shell script as a child process. */
export const shell = (name: string, script: string): ChildSpec => ({
  name,
  command: '/bin/sh',
  args: ['-c', script],
  env: { PATH: process.env['PATH'] },
  cwd: tmpdir(),
  stopSignal: 'SIGTERM',
});

/** Whether a process with this number runs; one that is dead and not yet collected does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** A promise that is settled by hand. */
export function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}
