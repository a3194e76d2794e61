import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  fullTrust,
  judged,
  mayUsePartial,
  rested,
  type PartialTrust,
} from '../../../src/domain/turntaking/partial-trust.js';
import { defaultRules } from '../../../src/domain/turntaking/rules.js';

const rules = defaultRules.eager;

/** Starts of a call whose early words are the final ones (true) or not; which of them used the early words. */
function starts(fresh: readonly boolean[]): boolean[] {
  let trust: PartialTrust = fullTrust;
  return fresh.map((same) => {
    const used = mayUsePartial(trust);
    trust = used ? judged(trust, same, rules) : rested(trust);
    return used;
  });
}

test('early words that were right are used for ever', () => {
  expect(starts(Array<boolean>(50).fill(true))).not.toContain(false);
});

test('after two starts with words that changed the early words rest for eight, and are tried once again', () => {
  const used = starts(Array<boolean>(20).fill(false));
  const rest = Array<boolean>(8).fill(false);
  expect(used).toEqual([true, true, ...rest, true, ...rest, true]);
});

test('words that are right again are trusted again', () => {
  const late = Array<boolean>(10).fill(false);
  expect(starts([...late, ...Array<boolean>(5).fill(true)]).slice(10)).not.toContain(false);
});

test('of many starts few are made with words that turn out to be others, however they come', () => {
  fc.assert(
    fc.property(fc.array(fc.constant(false), { maxLength: 200 }), (fresh) => {
      const wasted = starts(fresh).filter(Boolean).length;
      expect(wasted).toBeLessThanOrEqual(rules.mostStale + fresh.length / (rules.restAfterStale + 1));
    }),
  );
});
