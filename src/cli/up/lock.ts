import { spawnSync } from 'node:child_process';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { errorCode } from './error-code.js';
import { StackError } from './stack-error.js';

/** The start time tells a process from a later one with the same number (small numbers come back in containers). */
const Holder = z.object({ pid: z.number(), startedAt: z.string() });
type Holder = z.infer<typeof Holder>;

/**
 * Takes a lock file for this process. A lock whose holder is gone, however it went, is taken over.
 * @returns gives the lock back.
 * @throws StackError naming the holder when it is alive.
 */
export function takeLock(path: string): () => void {
  const mine = `${path}.${process.pid}`;
  const me: Holder = { pid: process.pid, startedAt: startTime(process.pid) };
  writeFileSync(mine, JSON.stringify(me));
  try {
    // Linking is atomic and fails when the name exists, and the content is there from the first moment.
    while (!tryLink(mine, path)) {
      const holder = readHolder(path);
      if (holder && isAlive(holder)) throw refusal(path, holder);
      discardStale(path, mine, holder);
    }
  } finally {
    rmSync(mine, { force: true });
  }
  return () => {
    if (readHolder(path)?.pid === process.pid) rmSync(path, { force: true });
  };
}

/** Moves the stale lock aside first: if another process took it over in between, what we moved is not what we judged. */
function discardStale(path: string, mine: string, judged: Holder | undefined): void {
  const aside = `${mine}.stale`;
  try {
    renameSync(path, aside);
  } catch {
    return; // another process was quicker
  }
  const moved = readHolder(aside);
  if (moved?.pid !== judged?.pid && moved && isAlive(moved)) {
    tryLink(aside, path);
    rmSync(aside, { force: true });
    throw refusal(path, moved);
  }
  rmSync(aside, { force: true });
}

const refusal = (path: string, holder: Holder): StackError =>
  new StackError(
    `Another copy of the stack (pid ${holder.pid}) already uses ${dirname(path)}.`,
    `Use that one, stop it (kill ${holder.pid}), or start this one elsewhere: npm start -- --data-dir other`,
  );

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Undefined when there is no lock or it cannot be read as one. */
function readHolder(path: string): Holder | undefined {
  try {
    return Holder.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

const isAlive = (holder: Holder): boolean => {
  const startedAt = startTime(holder.pid);
  return startedAt !== '' && startedAt === holder.startedAt;
};

/** When a process began, in the system's own words; empty when there is no such process. */
function startTime(pid: number): string {
  try {
    // Field 22 of proc(5) stat, counted after the name, which may itself hold spaces and brackets.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    const listed = spawnSync('ps', ['-p', String(pid), '-o', 'lstart='], { encoding: 'utf8' });
    return listed.error ? '' : listed.stdout.trim();
  }
}
