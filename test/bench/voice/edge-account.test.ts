import { expect, test } from '@jest/globals';
import { accountFrom } from '../../../bench/voice/edge-account.js';

const none = { count: 0, p50_ms: null, p99_ms: null };

test('the edge’s report tells its overhead and how often the answer was ready', () => {
  const account = accountFrom({
    turns: 8,
    stages: [{ stage: 'edge', count: 8, p50_ms: 0.4, p99_ms: 3 }],
    total_by_speculation: [
      { outcome: 'hit', count: 6, p50_ms: 201, p99_ms: 220 },
      { outcome: 'miss', count: 2, p50_ms: 480, p99_ms: 510 },
      { outcome: 'none', ...none },
    ],
  });
  expect(account.edgeOverheadMs).toEqual({ count: 8, p50: 0.4, p99: 3 });
  expect(account.endpointingMs).toEqual({ count: 0, p50: null, p99: null });
  expect(account.speculationHitRate).toBe(0.75);
  expect(account.totalMs.miss).toEqual({ count: 2, p50: 480, p99: 510 });
});

test('an edge that answered nobody has no hit rate', () => {
  expect(accountFrom({ turns: 0, stages: [], total_by_speculation: [] }).speculationHitRate).toBeNull();
});
