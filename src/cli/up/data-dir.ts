import { chmod, mkdir, statfs } from 'node:fs/promises';
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
  await makePrivate(path).catch((error: unknown) => {
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
  for (const part of ['logs', 'standins', 'temporal'])
    await mkdir(join(path, part), { recursive: true, mode: 0o700 });
  const release = takeLock(join(path, 'supervisor.lock'));
  return { path, at: (...parts) => join(path, ...parts), release };
}

/** Others see nothing of it; root's lets through the account that runs the database (see postgres/database-user.ts). */
async function makePrivate(path: string): Promise<void> {
  const isNew = (await mkdir(path, { recursive: true })) !== undefined;
  if (isNew) await chmod(path, process.getuid?.() === 0 ? 0o711 : 0o700);
}

/** A path as a person in this directory would write it. */
export const shownPath = (path: string): string => {
  const fromHere = relative(process.cwd(), path);
  return fromHere.startsWith('..') ? path : fromHere;
};
