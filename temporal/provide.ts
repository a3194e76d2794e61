import { access, constants, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { cachedPath, fill, isCached } from './cache.js';
import type { FetchContext, Tool } from './tool.js';

export interface ProvideOptions extends Partial<FetchContext> {
  /** Value of the tool's variable; when given, nothing else is tried. */
  explicitPath?: string | undefined;
  /** Directories to search, in the form of `PATH`. */
  searchPath: string;
  /** The shared cache, see `cacheDirectory`. */
  cacheDir: string;
}

/** A program that could neither be found nor made. The message lists every attempt and what to install. */
export class ToolUnavailableError extends Error {
  override readonly name = 'ToolUnavailableError';
}

/**
 * Path of a program that runs: the explicit one → on PATH → from the cache → from each source in turn, into the cache.
 * @throws ToolUnavailableError when none works, or when the explicit path does not.
 */
export async function provide(tool: Tool, options: ProvideOptions): Promise<string> {
  const { onProgress = () => undefined, signal } = options;
  const attempts: [string, string][] = [];
  const usable = async (label: string, path: string): Promise<boolean> => {
    try {
      await tool.check(path, signal);
      return true;
    } catch (error) {
      signal?.throwIfAborted();
      attempts.push([label, `${path}: ${reason(error)}`]);
      return false;
    }
  };

  if (options.explicitPath !== undefined) {
    if (await usable(tool.variable, options.explicitPath)) return options.explicitPath;
    throw new ToolUnavailableError(
      `${tool.variable} does not name a usable ${tool.label}: ${attempts[0]?.[1]}`,
    );
  }
  attempts.push([tool.variable, 'not set']);

  const onPath = await findOnPath(tool.program, options.searchPath);
  if (onPath === undefined) attempts.push(['PATH', `no ${tool.program} there`]);
  else if (await usable('PATH', onPath)) return onPath;
  else onProgress(`${tool.label}: passing over ${attempts.at(-1)?.[1]}`);

  for (const source of tool.sources) {
    const path = cachedPath(options.cacheDir, tool, source);
    if (!(await isCached(path))) continue;
    if (await usable('cache', path)) return path;
    await rm(path, { force: true }); // it was whole once and is damaged now: make room for a new one
  }

  for (const source of tool.sources) {
    const path = cachedPath(options.cacheDir, tool, source);
    try {
      await fill(options.cacheDir, path, (scratch) => source.fetch(scratch, { onProgress, signal }));
    } catch (error) {
      signal?.throwIfAborted();
      attempts.push([source.label, reason(error)]);
      onProgress(`${tool.label}: ${source.label}: ${reason(error)}`);
      continue;
    }
    if (await usable(source.label, path)) return path;
    await rm(path, { force: true });
  }
  throw new ToolUnavailableError(failure(tool, attempts));
}

function failure(tool: Tool, attempts: readonly [string, string][]): string {
  const width = Math.max(...attempts.map(([label]) => label.length));
  return [
    `There is no ${tool.label} here and none could be fetched. Tried:`,
    ...attempts.map(([label, why]) => `  ${label.padEnd(width)}  ${why}`),
    'Any one of these helps:',
    ...tool.advice.map((line) => `  - ${line}`),
  ].join('\n');
}

async function findOnPath(program: string, searchPath: string): Promise<string | undefined> {
  for (const directory of searchPath.split(delimiter).filter(Boolean)) {
    const candidate = join(directory, program);
    const runs = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return candidate;
  }
  return undefined;
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : 'failed');
