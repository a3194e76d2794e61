import { spawn, type ChildProcess } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { cachedPath } from '../../temporal/cache.js';
import { provide, ToolUnavailableError } from '../../temporal/provide.js';
import type { Source } from '../../temporal/tool.js';
import { eventually } from '../support/eventually.js';
import { failingSource, fakeTool, sha256, slowSource, wholeProgram } from './fake-tool.js';

let cacheDir: string;
beforeEach(() => {
  cacheDir = mkdtempSync(join(tmpdir(), 'hermes-cache-'));
});
afterEach(() => rmSync(cacheDir, { recursive: true, force: true }));

const place = (path: string, content: string): string => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content, { mode: 0o755 });
  return path;
};
const scratchEntries = (): string[] => readdirSync(join(cacheDir, 'scratch'));
const neverAsked: Source = failingSource('never', 'this source must not be asked');

describe('where a program is taken from', () => {
  test('an explicit path is used and nothing else is looked at', async () => {
    const mine = place(join(cacheDir, 'mine', 'special'), wholeProgram());
    const found = await provide(fakeTool(neverAsked), { explicitPath: mine, searchPath: '', cacheDir });
    expect(found).toBe(mine);
  });

  test('an explicit path that does not run is an error that names the variable, not a reason to look further', async () => {
    const options = { explicitPath: '/nowhere/tool', searchPath: '', cacheDir };
    await expect(provide(fakeTool(slowSource(0)), options)).rejects.toThrow(
      /FAKE_TOOL_PATH does not name a usable Fake tool.*\/nowhere\/tool: not found/,
    );
  });

  test('one on PATH comes before the cache', async () => {
    const onPath = place(join(cacheDir, 'bin', 'tool'), wholeProgram());
    const options = { searchPath: `/nowhere:${dirname(onPath)}`, cacheDir };
    expect(await provide(fakeTool(neverAsked), options)).toBe(onPath);
  });

  test('one on PATH that does not fit is passed over with a line that says why', async () => {
    const onPath = place(join(cacheDir, 'bin', 'tool'), '#!/bin/sh\n');
    const lines: string[] = [];
    const found = await provide(fakeTool(slowSource(0)), {
      searchPath: dirname(onPath),
      cacheDir,
      onProgress: (line) => lines.push(line),
    });
    expect(found).not.toBe(onPath);
    expect(lines[0]).toContain(`passing over ${onPath}: is cut off`);
  });

  test('what was fetched once is taken from the cache afterwards', async () => {
    const first = await provide(fakeTool(slowSource(0)), { searchPath: '', cacheDir });
    const sameVersion = { ...neverAsked, version: '1' };
    expect(await provide(fakeTool(sameVersion), { searchPath: '', cacheDir })).toBe(first);
  });

  test('a damaged file in the cache is fetched anew', async () => {
    const tool = fakeTool(slowSource(0));
    const path = place(cachedPath(cacheDir, tool, slowSource(0)), '#!/bin/sh\nexit 3\n');
    expect(await provide(tool, { searchPath: '', cacheDir })).toBe(path);
    expect(readFileSync(path, 'utf8')).toBe(wholeProgram());
  });

  test('a source that fails gives way to the next', async () => {
    const lines: string[] = [];
    const found = await provide(fakeTool(failingSource('first', 'no network'), slowSource(0)), {
      searchPath: '',
      cacheDir,
      onProgress: (line) => lines.push(line),
    });
    expect(readFileSync(found, 'utf8')).toBe(wholeProgram());
    expect(lines).toContain('Fake tool: first: no network');
  });

  test('when no source works one message lists every attempt, why it failed, and what to install', async () => {
    const tool = fakeTool(
      failingSource('download', 'no network'),
      failingSource('wheel', 'python3: not found'),
    );
    const failure = await provide(tool, { searchPath: '/nowhere', cacheDir }).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(ToolUnavailableError);
    const { message } = failure as Error;
    for (const [label, why] of [
      ['FAKE_TOOL_PATH', 'not set'],
      ['PATH', 'no tool there'],
      ['download', 'no network'],
      ['wheel', 'python3: not found'],
    ])
      expect(message).toMatch(new RegExp(`^  ${label} +${why}$`, 'm'));
    expect(message).toContain('- plant a tool tree\n  - set FAKE_TOOL_PATH');
  });

  test('giving up stops the search at once', async () => {
    const stop = new AbortController();
    const hanging: Source = {
      ...neverAsked,
      fetch: (_scratch, { signal }) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(new Error('stopped')));
          stop.abort(new Error('given up'));
        }),
    };
    const search = provide(fakeTool(hanging, slowSource(0)), {
      searchPath: '',
      cacheDir,
      signal: stop.signal,
    });
    await expect(search).rejects.toThrow('given up');
    expect(scratchEntries()).toEqual([]);
  });
});

describe('a cache shared by several processes', () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });
  const provider = (halfTimeMs: number): ChildProcess => {
    const program = join(import.meta.dirname, 'provide.main.ts');
    const child = spawn(process.execPath, ['--import', 'tsx', program, cacheDir, String(halfTimeMs)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    return child;
  };

  test('two that fill it at once both get a whole program, and nothing else is left', async () => {
    const outputs = await Promise.all([provider(300), provider(400)].map(({ stdout }) => text(stdout!)));
    const [one, two] = outputs.map((output) => output.trim().split('\n').at(-1)!);
    expect(one).toBe(two);
    expect(readFileSync(one!, 'utf8')).toBe(wholeProgram());
    expect(scratchEntries()).toEqual([]);
  });

  test('a download that was killed half way is never taken for a whole one, and is cleared away later', async () => {
    const killed = provider(60_000);
    const [half] = await eventually(() => scratchEntries().length === 1 && scratchEntries(), {
      withinMs: 15_000,
      what: 'the download has begun',
    });
    const part = join(cacheDir, 'scratch', half!, 'tool');
    await eventually(() => readFileSync(part).length === 12, {
      withinMs: 5_000,
      what: 'half of it is there',
    });
    killed.kill('SIGKILL');

    const path = await provide(fakeTool(slowSource(0)), { searchPath: '', cacheDir });
    expect(sha256(path)).toBe(sha256(place(join(cacheDir, 'reference'), wholeProgram())));
    expect(scratchEntries()).toEqual([half]);

    const longAgo = new Date(Date.now() - 2 * 3_600_000);
    utimesSync(join(cacheDir, 'scratch', half!), longAgo, longAgo);
    await provide(fakeTool({ ...slowSource(0), version: '2' }), { searchPath: '', cacheDir });
    expect(scratchEntries()).toEqual([]);
  });
});
