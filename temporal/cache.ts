import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Source, Tool } from './tool.js';

/**
 * The cache that every clone on the machine shares: `$XDG_CACHE_HOME/hermes`, else `~/.cache/hermes`.
 * @param env usually `process.env`.
 */
export function cacheDirectory(env: Readonly<Record<string, string | undefined>>): string {
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'hermes');
}

/** Where a tool from a source is kept. The platform is part of it: home directories are shared between machines. */
export function cachedPath(cacheDir: string, tool: Tool, source: Source): string {
  return join(cacheDir, tool.id, `${source.version}-${process.platform}-${process.arch}`, tool.program);
}

/** The cached file, if there is one. Whatever is there was whole when it got its name (see `fill`). */
export async function isCached(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true && found.size > 0;
}

/**
 * Lets `produce` make a program in a scratch directory inside the cache and moves it into place in one rename. So a
 * reader sees either nothing or the whole file, two processes filling the cache at once both end well (the later
 * rename wins, with the same bytes), and what an interrupted download leaves behind is never looked at.
 * @throws what `produce` throws, with the scratch directory removed; file-system errors (ENOSPC, EACCES).
 */
export async function fill(
  cacheDir: string,
  destination: string,
  produce: (scratch: string) => Promise<string>,
): Promise<void> {
  const scratch = join(cacheDir, 'scratch', `${process.pid}-${randomUUID()}`);
  await mkdir(scratch, { recursive: true });
  await removeStale(join(cacheDir, 'scratch'));
  try {
    const made = await produce(scratch);
    await chmod(made, 0o755);
    await mkdir(join(destination, '..'), { recursive: true });
    await rename(made, destination);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Older scratch directories were left by a process that was killed; the slowest source takes 20 minutes. */
const STALE_MS = 3_600_000;

async function removeStale(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    const modifiedMs = (await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now();
    if (Date.now() - modifiedMs > STALE_MS) await rm(path, { recursive: true, force: true });
  }
}
