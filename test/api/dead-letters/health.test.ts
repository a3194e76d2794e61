import { expect, test } from '@jest/globals';
import { judgeDeadLetters } from '../../../src/api/dead-letters/health.js';
import type { DeadLetterStats } from '../../../src/db/dead-letter-stats.js';

const NOW_MS = 1_800_000_000_000;
const stats = (parked: DeadLetterStats['byPriority'], ageMs?: number): DeadLetterStats => ({
  parked: Object.values(parked).reduce((sum, n) => sum + n, 0),
  oldestParkedAt: ageMs === undefined ? null : new Date(NOW_MS - ageMs),
  byPriority: parked,
  bySystem: {},
  byOperation: {},
  byAge: {},
  byErrorClass: {},
});

test.each([
  ['nothing is parked', stats({}), 'healthy', false],
  ['a LOW write has just been parked', stats({ LOW: 1 }, 1_000), 'degraded', false],
  ['a HIGH write has just been parked', stats({ HIGH: 1 }, 1_000), 'degraded', true],
  ['a CRITICAL write has just been parked', stats({ CRITICAL: 1 }, 1_000), 'critical', true],
  ['a LOW write has been parked for five hours', stats({ LOW: 1 }, 18_000_000), 'critical', true],
])('when %s', (_when, given, health, requiresAttention) => {
  expect(judgeDeadLetters(given, NOW_MS)).toMatchObject({ health, requiresAttention });
});
