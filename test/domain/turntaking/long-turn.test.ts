import { describe, expect, test } from '@jest/globals';
import { defaultRules } from '../../../src/domain/turntaking/rules.js';
import { agentStarts, play, quiet, voiced, type Step } from './support/score.js';

/** Twenty seconds of talk are long here, thirty are too long. */
const longTurn = { afterMs: 20_000, pauseMs: 300, hardMs: 30_000, yieldMs: 2_500 };
const rules = { ...defaultRules, longTurn };
const talk = (steps: readonly Step[]) => play(steps, rules).decisions;
const causes = (steps: readonly Step[]) =>
  talk(steps).flatMap((d) => (d.kind === 'endpoint' ? [[d.atMs, d.cause]] : []));

/** Sentences of 1,600 ms with breaths of 400 ms between them. */
const sentences = (seconds: number): Step[] =>
  Array.from({ length: seconds / 2 }, () => [voiced(1_600), quiet(400)]).flat();

describe('a caller who does not stop', () => {
  test('is cut in on at the first breath after the limit', () => {
    expect(causes(sentences(30))).toEqual([[20_000, 'long']]);
  });

  test('is not cut in on before the limit, however often they breathe', () => {
    expect(causes(sentences(18))).toEqual([]);
  });

  test('without a breath is cut in on at the last limit', () => {
    expect(causes([voiced(40_000)])).toEqual([[30_000, 'long']]);
  });

  test('talks as long when each pause is taken for an end before the agent can answer', () => {
    const turns = Array.from({ length: 12 }, () => [voiced(1_900), quiet(700)]).flat();
    const cut = causes(turns).find(([, cause]) => cause === 'long');
    expect(cut).toEqual([20_100 + 300, 'long']);
  });

  test('has the whole time again once the agent was heard', () => {
    const story = (seconds: number) => [...sentences(seconds), quiet(300)];
    const answered = [...story(16), agentStarts(), 'agent_stopped' as const, ...story(16)];
    expect(causes(answered).every(([, cause]) => cause === 'silence')).toBe(true);
  });

  test('whose line is noisy has not been talking since the noise', () => {
    const clicks = Array.from({ length: 12 }, () => [voiced(80), quiet(2_000)]).flat();
    expect(causes([...clicks, voiced(1_000), quiet(700)])).toEqual([[26_560, 'silence']]);
  });
});

describe('an agent that has cut in', () => {
  const insists: Step = { agent: 'open', insists: true };

  test('goes on while the caller needs a moment to notice, and gives way to one who will not stop', () => {
    expect(talk([insists, voiced(2_400), quiet(700)]).map((d) => d.kind)).not.toContain('barge_in');
    const stubborn = talk([insists, voiced(4_000), quiet(700)]);
    expect(stubborn.find((d) => d.kind === 'barge_in')).toEqual({ kind: 'barge_in', atMs: 2_500 });
  });

  test('takes what is said over it for words, not for a backchannel', () => {
    expect(talk([insists, voiced(300), quiet(700)]).map((d) => d.kind)).toEqual([
      'speech_started',
      'endpoint',
    ]);
  });

  test('is interrupted as easily as ever the next time it speaks', () => {
    const next = [insists, 'agent_stopped' as const, agentStarts(), voiced(1_000)];
    expect(talk(next).find((d) => d.kind === 'barge_in')).toEqual({ kind: 'barge_in', atMs: 360 });
  });
});
