import { spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';

/** An account of the operating system. */
export interface SystemUser {
  name: string;
  uid: number;
  gid: number;
}

/** Where root keeps what another account must reach: /root itself is closed to everybody else. */
const ROOT_STATE_DIR = '/var/lib/hermes';
export const ROOT_CACHE_DIR = '/var/cache/hermes';

/**
 * The account PostgreSQL runs as. It refuses to run as root, so root lends it an existing account without rights
 * (`postgres` where there is one, else `nobody`); no account is made. Undefined for an ordinary user: as oneself.
 * @throws Error when root finds neither account.
 */
export function databaseUser(): SystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const uid = idOf('-u', name);
    const gid = idOf('-g', name);
    if (uid !== undefined && gid !== undefined && uid !== 0) return { name, uid, gid };
  }
  throw new Error(
    'PostgreSQL does not run as root, and there is no account "postgres" or "nobody" to lend it. Run as an ordinary user, or set DATABASE_URL.',
  );
}

function idOf(flag: '-u' | '-g', name: string): number | undefined {
  const answer = spawnSync('id', [flag, name], { encoding: 'utf8' });
  return answer.status === 0 ? Number(answer.stdout.trim()) : undefined;
}

/** Whether the account can go into the directory; asked of the system, which knows about ACLs and mounts. */
export function canEnter(user: SystemUser | undefined, directory: string): boolean {
  if (!user) return true;
  const { uid, gid } = user;
  return spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', directory], { uid, gid, cwd: '/' }).status === 0;
}

/** Makes a new directory for the account's own use under the state directory of root. */
export function newReachableDirectory(user: SystemUser, prefix: string): string {
  mkdirSync(ROOT_STATE_DIR, { recursive: true, mode: 0o755 });
  const made = mkdtempSync(join(ROOT_STATE_DIR, prefix));
  chownSync(made, user.uid, user.gid);
  return made;
}
