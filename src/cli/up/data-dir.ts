import { mkdir, statfs } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { takeLock } from './lock.js';
import { StackError } from './stack-error.js';

/** A new PostgreSQL cluster is 40 MB, logs are capped at 20 MB a process, Temporal's file grows with the calls. */
const NEEDED_BYTES = 300 << 20;

/** `.hermes`: everything the embedded stack keeps, held by one supervisor at a time. */
export interface DataDir {
  readonly path: string;
  /** Path of something inside. */
  at: (...parts: string[]) => string;
  /** Lets the next supervisor in. */
  release: () => void;
}

/**
 * Makes the directory when missing and takes its lock.
 * @throws StackError when another supervisor holds it, it cannot be written, or less than 300 MB are free.
 */
export async function openDataDir(given: string): Promise<DataDir> {
  const path = resolve(given);
  await mkdir(path, { recursive: true }).catch((error: unknown) => {
    throw new StackError(
      `The data directory ${path} cannot be made.`,
      'Choose another with --data-dir or HERMES_DATA_DIR.',
      { cause: error },
    );
  });
  const { bavail, bsize } = await statfs(path);
  if (bavail * bsize < NEEDED_BYTES)
    throw new StackError(
      `Only ${Math.floor((bavail * bsize) / (1 << 20))} MB are free where ${path} is; the stack needs ${NEEDED_BYTES >> 20} MB.`,
      'Free some space, or choose another disk with --data-dir.',
    );
  const release = takeLock(join(path, 'supervisor.lock'));
  return { path, at: (...parts) => join(path, ...parts), release };
}

/** A path as a person in this directory would write it. */
export const shownPath = (path: string): string => {
  const fromHere = relative(process.cwd(), path);
  return fromHere.startsWith('..') ? path : fromHere;
};
