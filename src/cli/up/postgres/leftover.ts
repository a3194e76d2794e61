import { readFile, rm } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const STOP_WITHIN_MS = 5_000;

/**
 * Clears the way after a run that was killed. A lock file whose process is gone, or whose number now belongs to some
 * other program (common in containers, where numbers are small), is removed; PostgreSQL by itself would refuse to
 * start in the second case. A server that still runs on this very directory is stopped: we hold the lock of the data
 * directory, so nobody owns it any more.
 * @throws Error when the leftover server does not go within 5 s.
 */
export async function clearLeftoverServer(
  dataDir: string,
  onProgress: (line: string) => void,
): Promise<void> {
  const lock = join(dataDir, 'postmaster.pid');
  const text = await readFile(lock, 'utf8').catch(() => undefined);
  if (text === undefined) return;
  const pid = Number(text.split('\n', 1)[0]);
  if (servesDirectory(pid, await commandLine(pid), dataDir)) {
    onProgress(`stopping a PostgreSQL (pid ${pid}) that an earlier run left behind`);
    process.kill(pid, 'SIGINT');
    const deadlineMs = Date.now() + STOP_WITHIN_MS;
    while (servesDirectory(pid, await commandLine(pid), dataDir)) {
      if (Date.now() > deadlineMs)
        throw new Error(`PostgreSQL (pid ${pid}) from an earlier run does not stop`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  await rm(lock, { force: true });
}

const servesDirectory = (pid: number, command: string, dataDir: string): boolean =>
  pid > 1 && command.includes('postgres') && command.includes(dataDir);

/** Empty when there is no such process. */
async function commandLine(pid: number): Promise<string> {
  try {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ');
  } catch {
    const listed = spawnSync('ps', ['-p', String(pid), '-o', 'args='], { encoding: 'utf8' });
    return listed.error ? '' : listed.stdout;
  }
}
