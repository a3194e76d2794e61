import { beforeAll, describe, expect, test } from '@jest/globals';
import { answers, type Answer } from '../../../bench/pauses/corpus.js';
import { listen, type Heard } from '../../../bench/pauses/listen.js';
import { speakAll, type Spoken } from '../../../bench/pauses/speak.js';
import { defaultRules } from '../../../src/domain/turntaking/rules.js';
import { silentLogger } from '../../support/log.js';

let spoken: Spoken[];
beforeAll(async () => {
  spoken = await speakAll(answers, ['slt'], silentLogger);
}, 60_000);

const heard = (kinds: readonly Answer['kind'][], pauseMs: number, rules = defaultRules): Heard[] =>
  spoken
    .filter(({ answer }) => kinds.includes(answer.kind))
    .flatMap(({ answer, audio }) =>
      (['live', 'on_commit'] as const).map((words) => listen(answer, audio, { pauseMs, words, rules })),
    );
const falseEnds = (all: readonly Heard[]): number => all.reduce((sum, one) => sum + one.falseEnds, 0);

describe('a caller who pauses is not answered', () => {
  test.each([100, 300, 500])('in mid-number, mid-spelling or after "because", for %i ms', (pauseMs) => {
    expect(falseEnds(heard(['number', 'spelling', 'unfinished'], pauseMs))).toBe(0);
  });

  test.each([100, 200, 300])('between two sentences, for %i ms', (pauseMs) => {
    expect(falseEnds(heard(['sentences'], pauseMs))).toBe(0);
  });

  test('more often because answers are prepared early, whatever the pause', () => {
    const never = { ...defaultRules, eager: { ...defaultRules.eager, mostWasted: 0 } };
    for (let pauseMs = 200; pauseMs <= 1_000; pauseMs += 200) {
      const kinds = ['number', 'spelling', 'unfinished', 'sentences', 'name'] as const;
      const [early, late] = [heard(kinds, pauseMs), heard(kinds, pauseMs, never)];
      expect(falseEnds(early)).toBeLessThanOrEqual(falseEnds(late));
    }
  }, 60_000);
});

test('who has finished is answered, after the silence that the rule asks for and no more', () => {
  for (const { endpointMs } of heard(['sentences'], 200)) expect(endpointMs).toBe(defaultRules.silenceMs);
});

test('a rule as short as a pause cuts callers off: the figure tells it', () => {
  expect(falseEnds(heard(['sentences'], 400, { ...defaultRules, silenceMs: 200 }))).toBeGreaterThan(0);
});
