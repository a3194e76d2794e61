import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { noPauses, observePause, QUICKEST, SLOWEST, tempoOf } from '../../../src/domain/turntaking/pauses.js';
import { defaultRules as rules } from '../../../src/domain/turntaking/rules.js';
import { silenceRuleMs } from '../../../src/domain/turntaking/silence-rule.js';
import { readWords } from '../../../src/domain/turntaking/words-so-far.js';
import { anyExpectation, asked, play, quiet, said, someWords, voiced, type Step } from './support/score.js';

/** The silence after which the only turn of a score ended. */
function waited(steps: readonly Step[]): number {
  const ends = play(steps).decisions.flatMap((d) =>
    d.kind === 'endpoint' ? [d.atMs - d.lastVoicedAtMs] : [],
  );
  expect(ends).toHaveLength(1);
  return ends[0] ?? 0;
}

describe('a caller', () => {
  test.each([
    ['says "yes" to a closed question', 'yes_no', 'yes', 400, 200],
    ['says "no, it is not" to a closed question', 'yes_no', 'no it is not', 1_100, 200],
    ['says something else to a closed question', 'yes_no', 'my sister does', 900, 360],
    ['begins with "um" at a closed question', 'yes_no', 'um', 400, 900],
    ['says "yes" under far more sound than a "yes" has', 'yes_no', 'yes', 1_400, 360],
    ['says "yes" to an open question', 'open', 'yes', 400, 600],
    ['has told a telephone number', 'digits', 'five one two five five five zero one four two', 3_400, 200],
    ['has told half a telephone number', 'digits', 'five one two five five', 1_700, 900],
    ['says a name', 'name', 'maria lopez', 900, 460],
    ['is spelling a name', 'name', 'it is l o p e', 1_500, 900],
    ['stops at "and"', 'open', 'a truck hit me and', 1_500, 900],
    ['has nothing to add', 'open', 'no nothing else', 1_300, 200],
    ['says an age', 'open', 'i am forty two', 1_000, 600],
    ['speaks to a recogniser that tells no words', 'yes_no', '', 400, 360],
  ] as const)('who %s is waited for as long as that needs', (_, expects, words, voicedMs, ms) => {
    expect(waited([...asked(expects), voiced(voicedMs), said(words), quiet(1_300)])).toBe(ms);
  });

  test.each([300, 380, 440])(
    'who tells a number in groups %i ms apart is not cut off, words or none',
    (gapMs) => {
      const groups = [
        'five one two',
        'five one two five five five',
        'five one two five five five zero one four two',
      ];
      const steps = groups.flatMap((words) => [voiced(900), said(words), quiet(gapMs)]);
      expect(waited([...asked('digits'), ...steps])).toBe(200);
      const unheard = [voiced(900), quiet(gapMs), voiced(900), quiet(gapMs), voiced(1_200), quiet(1_200)];
      expect(waited([...asked('digits'), ...unheard])).toBe(600);
    },
  );

  test('who pauses for long is waited for longer, who pauses briefly less', () => {
    const story = (gapMs: number) =>
      waited([
        ...asked('open'),
        ...Array.from({ length: 6 }, () => [voiced(600), quiet(gapMs)]).flat(),
        voiced(600),
        quiet(1_300),
      ]);
    expect(story(40)).toBe(600);
    expect(story(160)).toBe(420);
    expect(story(360)).toBe(520);
    expect(story(560)).toBe(800);
  });

  test('who goes on after having been cut off is waited for longer from then on', () => {
    const cut = [voiced(600), quiet(700)];
    const { decisions } = play([
      ...asked('open'),
      ...Array.from({ length: 6 }, () => cut).flat(),
      quiet(600),
    ]);
    const waits = decisions.flatMap((d) => (d.kind === 'endpoint' ? [d.atMs - d.lastVoicedAtMs] : []));
    expect(waits).toEqual([600, 600, 600, 600, 900]);
  });
});

const pauses = fc.array(fc.integer({ min: 0, max: 5_000 })).map((all) => all.reduce(observePause, noPauses));
const situation = fc.record({ words: someWords.map(readWords), voicedMs: fc.nat(5_000), pauses });
const anyRules = fc.integer({ min: 0, max: 3_000 }).map((silenceMs) => ({ ...rules, silenceMs }));

describe('whatever is asked, said and learned', () => {
  test('the silence rule lies between the floor and the cap, or the operator’s own longer rule', () => {
    fc.assert(
      fc.property(situation, anyExpectation, anyRules, (s, expects, r) => {
        const ms = silenceRuleMs({ ...s, expects }, r);
        expect(ms).toBeGreaterThanOrEqual(r.floorMs);
        expect(ms).toBeLessThanOrEqual(Math.max(r.capMs, r.silenceMs));
      }),
    );
  });

  test('a more closed question never waits longer: yes or no, a name, anything', () => {
    fc.assert(
      fc.property(situation, anyRules, (s, r) => {
        const of = (expects: 'yes_no' | 'name' | 'digits' | 'open') => silenceRuleMs({ ...s, expects }, r);
        expect(of('yes_no')).toBeLessThanOrEqual(of('name'));
        expect(of('name')).toBeLessThanOrEqual(of('open'));
        expect(of('yes_no')).toBeLessThanOrEqual(of('digits'));
      }),
    );
  });

  test('what is learned stays between 100 and 1,200 ms and changes the rule by 0.7 to 1.5', () => {
    fc.assert(
      fc.property(pauses, fc.integer({ min: 1, max: 3_000 }), (p, silenceMs) => {
        if (p.count > 0) expect(p.longMs).toBeGreaterThanOrEqual(100);
        expect(p.longMs).toBeLessThanOrEqual(1_200);
        expect(tempoOf(p, silenceMs)).toBeGreaterThanOrEqual(QUICKEST);
        expect(tempoOf(p, silenceMs)).toBeLessThanOrEqual(SLOWEST);
      }),
    );
  });
});

test('of a long story only the end is read, and its cost does not grow', () => {
  const story = 'then he told me to wait and i waited '.repeat(100);
  expect(readWords(`${story}and`)).toMatchObject({ unfinished: true, answer: false });
  expect(readWords(`${story}five one two five five five zero one four two`)).toMatchObject({ phone: true });
  expect(readWords('yes '.repeat(100).trim()).answer).toBe(false);
});
