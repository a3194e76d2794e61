/** One process per journal directory. */
import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** The directory belongs to another running process. */
export class JournalBusyError extends Error {
  override readonly name = 'JournalBusyError';
}

/**
 * Takes the directory's lock; a lock left by a dead process is taken over.
 * @returns the function that gives it back.
 * @throws JournalBusyError naming the process that has it.
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const path = join(directory, 'lock');
  const mine = `${process.pid} ${await startOf(process.pid)}`;
  for (let attempt = 0; attempt < 2; attempt++) {
    if (await tryCreate(path, mine)) return () => rm(path, { force: true });
    const holder = await readFile(path, 'utf8').catch(() => '');
    if (await isRunning(holder)) {
      throw new JournalBusyError(
        `Process ${holder.split(' ')[0] ?? '?'} already keeps the call journal in ${directory}. Stop it, or give this one another HERMES_DATA_DIR.`,
      );
    }
    await rm(path, { force: true });
  }
  throw new JournalBusyError(`Another process has just taken the call journal in ${directory}.`);
}

async function tryCreate(path: string, content: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600);
    await file.writeFile(content).finally(() => file.close());
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** The same pid may be another process by now (containers restart with the same pids), so its start time counts too. */
async function isRunning(holder: string): Promise<boolean> {
  const [pid, start] = holder.split(' ');
  if (!pid || !(Number(pid) > 0)) return false;
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    // EPERM: it runs, under another user.
    if (codeOf(error) !== 'EPERM') return false;
  }
  return (await startOf(Number(pid))) === start;
}

/** Start time in clock ticks since boot: field 22 of /proc/PID/stat; `?` where there is no /proc. */
async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '?';
}

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
