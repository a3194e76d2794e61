import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chown,
  lstat,
  mkdir,
  readFile,
  realpath,
  rename,
  rm,
  rmdir,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { canEnter, newReachableDirectory, type SystemUser } from './database-user.js';
import type { PostgresPrograms } from './programs.js';

const runProgram = promisify(execFile);

export const SUPERUSER = 'hermes_superuser';

export interface DataDirectoryOptions {
  /** Where the data should be; becomes a link when the database's account cannot go there. */
  path: string;
  programs: PostgresPrograms;
  user: SystemUser | undefined;
  superuserPassword: string;
  /** False skips flushing to disk: for data that need not survive the machine. */
  durable: boolean;
  onProgress: (line: string) => void;
}

/**
 * The directory PostgreSQL's data really is in, initialised when new. An initialisation that was interrupted leaves
 * nothing that is taken for data: it happens beside and is renamed.
 * @throws Error when existing data belongs to another major version, or initdb fails.
 */
export async function dataDirectory(options: DataDirectoryOptions): Promise<string> {
  const home = await reachableHome(options);
  const data = join(home, 'data');
  const found = await readFile(join(data, 'PG_VERSION'), 'utf8').catch(() => undefined);
  const wanted = await majorVersion(options.programs);
  if (found === undefined) await initialise(options, home, data);
  else if (found.trim() !== wanted)
    throw new Error(
      `The data in ${data} was written by PostgreSQL ${found.trim()}, this is ${wanted}. Dump it with the old version, or move it away to start empty.`,
    );
  return data;
}

async function reachableHome({ path, user, onProgress }: DataDirectoryOptions): Promise<string> {
  if (await isLink(path)) return realpath(path);
  await mkdir(path, { recursive: true });
  if (!user) return path;
  await chown(path, user.uid, user.gid);
  if (canEnter(user, path)) return path;
  // An empty directory gives way to the link; one with data in it was reachable once and is not ours to move.
  await rmdir(path).catch((error: unknown) => {
    throw new Error(
      `The account ${user.name}, which runs PostgreSQL for root, can no longer enter ${path}, where the data is. Open the directories above it (chmod o+x), or move the data directory.`,
      { cause: error },
    );
  });
  const elsewhere = newReachableDirectory(user, 'postgres-');
  await symlink(elsewhere, path);
  onProgress(`database files are in ${elsewhere}: the account ${user.name} may not enter ${dirname(path)}`);
  return elsewhere;
}

const isLink = async (path: string): Promise<boolean> =>
  (await lstat(path).catch(() => undefined))?.isSymbolicLink() === true;

async function majorVersion(programs: PostgresPrograms): Promise<string> {
  const { stdout } = await runProgram(programs.postgres, ['--version'], { cwd: '/' });
  return /(\d+)\./.exec(stdout)?.[1] ?? '';
}

async function initialise(options: DataDirectoryOptions, home: string, data: string): Promise<void> {
  const suffix = randomBytes(4).toString('hex');
  const scratch = join(home, `initdb-${suffix}`);
  const passwordFile = join(home, `password-${suffix}`);
  const as = options.user ? { uid: options.user.uid, gid: options.user.gid } : {};
  try {
    await writeFile(passwordFile, options.superuserPassword, { mode: 0o600 });
    if (options.user) await chown(passwordFile, options.user.uid, options.user.gid);
    const identity = [`--username=${SUPERUSER}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
    // The built-in provider sorts the same on every machine, whatever locales it has.
    const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
    const flags = options.durable ? [] : ['--no-sync'];
    await runProgram(
      options.programs.initdb,
      [`--pgdata=${scratch}`, ...identity, ...locale, '--no-instructions', ...flags],
      { ...as, cwd: '/' },
    );
    await rename(scratch, data);
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    throw new Error(`initdb failed: ${said.split('\n').slice(-3).join(' ')}`, { cause: error });
  } finally {
    await rm(passwordFile, { force: true });
    await rm(scratch, { recursive: true, force: true });
  }
}
