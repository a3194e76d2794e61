import { expect, test } from '@jest/globals';
import {
  load,
  noPreparations,
  prepared,
  preparingPays,
  unloaded,
  type LoadLevel,
  type LoadSample,
} from '../../src/domain/overload.js';

const idle: LoadSample = { utilisation: 0.2, delayP99Ms: 1 };
const after = (...samples: LoadSample[]): LoadLevel => samples.reduce(load, unloaded).level;
const times = (count: number, sample: LoadSample): LoadSample[] => Array<LoadSample>(count).fill(sample);

test.each<[string, LoadSample, LoadLevel]>([
  ['an idle process', idle, 'normal'],
  ['a busy loop that is on time', { utilisation: 0.8, delayP99Ms: 1 }, 'strained'],
  [
    'a late loop that is not busy, on a machine that others use',
    { utilisation: 0.3, delayP99Ms: 30 },
    'strained',
  ],
  ['a loop without a pause', { utilisation: 0.97, delayP99Ms: 1 }, 'overloaded'],
  ['frames late by half of what is sent ahead', { utilisation: 0.3, delayP99Ms: 50 }, 'overloaded'],
])('%s is told by the second sample', (_what, sample, level) => {
  expect(after(sample, sample)).toBe(level);
});

test('one bad second is no load, and of two the better one counts', () => {
  const late: LoadSample = { utilisation: 0.3, delayP99Ms: 200 };
  expect(after(idle, late, idle, late, idle)).toBe('normal');
  expect(after(idle, late, { utilisation: 0.8, delayP99Ms: 5 })).toBe('strained');
});

test('answers in advance pay as long as hardly one is thrown away, and not before one was used', () => {
  const turns = (...outcomes: [used: boolean, wasted: number][]): boolean =>
    preparingPays(outcomes.reduce((sum, [used, wasted]) => prepared(sum, { used, wasted }), noPreparations));
  expect(turns()).toBe(false);
  expect(turns([true, 0], [true, 0])).toBe(true);
  expect(turns([true, 0], [false, 1])).toBe(false);
  expect(turns([true, 0], [true, 1], [true, 0], [true, 0], [true, 0])).toBe(true);
});

test('what answers in advance were worth long ago is forgotten', () => {
  const wasteful = prepared(noPreparations, { used: false, wasted: 20 });
  const since = Array.from({ length: 150 }).reduce<typeof wasteful>(
    (sum) => prepared(sum, { used: true, wasted: 0 }),
    wasteful,
  );
  expect([preparingPays(wasteful), preparingPays(since)]).toEqual([false, true]);
});

test('it counts as better only when it has been better for five samples in a row', () => {
  const busy: LoadSample = { utilisation: 0.95, delayP99Ms: 60 };
  expect(after(busy, busy, ...times(4, idle))).toBe('overloaded');
  expect(after(busy, busy, ...times(4, idle), busy, ...times(4, idle))).toBe('overloaded');
  expect(after(busy, busy, ...times(5, idle))).toBe('normal');
});

test('a rest at a middling load allows as much as that load allows', () => {
  const busy: LoadSample = { utilisation: 0.95, delayP99Ms: 60 };
  const strained: LoadSample = { utilisation: 0.8, delayP99Ms: 5 };
  expect(after(busy, busy, ...times(5, strained))).toBe('strained');
});
