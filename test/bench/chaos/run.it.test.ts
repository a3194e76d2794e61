import { expect, test } from '@jest/globals';
import { runChaos } from '../../../bench/chaos/run.js';
import { brokenPromises } from '../../../bench/chaos/verdict.js';
import { silentProgress } from '../../../src/cli/up/progress.js';

test('writes that meet every kind of fault, a killed worker and silent vendors are all there, and each once', async () => {
  const options = { writes: 80, seed: 11, kills: 1, restarts: 0, json: false };
  const result = await runChaos(
    options,
    { ...silentProgress, counts: () => undefined },
    new AbortController().signal,
  );
  expect(brokenPromises(result)).toEqual([]);
  expect(result.blows['worker killed']).toBe(1);
  expect(result.parked.total).toBeGreaterThan(0);
}, 240_000);
