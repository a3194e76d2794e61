import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { provideWorkflowBundle } from '../../src/workers/bundle.js';
import { silentLogger } from '../support/log.js';

let cacheDir: string;
beforeAll(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'hermes-bundle-'));
});
afterAll(() => rm(cacheDir, { recursive: true, force: true }));

/** What the sandbox has loaded of a bundle by the time a workflow begins. */
async function loadedBy(path: string): Promise<string[]> {
  const modules: Record<string, unknown> = {};
  const context = createContext({
    TextEncoder,
    TextDecoder,
    AbortController,
    __webpack_module_cache__: modules,
  });
  runInContext(await readFile(path, 'utf8'), context);
  runInContext('__TEMPORAL__.importWorkflows()', context);
  return Object.keys(modules);
}

test('a workflow that checks nothing loads no library to check with: a wake-up would take many times as long', async () => {
  const sourceDir = join(import.meta.dirname, '..', '..', 'src');
  const path = await provideWorkflowBundle({ sourceDir, cacheDir, logger: silentLogger });
  const loaded = await loadedBy(path);
  expect(loaded.some((name) => name.includes('domain/writes'))).toBe(true);
  expect(loaded.filter((name) => /node_modules\/zod\//.test(name))).toEqual([]);
}, 60_000);
