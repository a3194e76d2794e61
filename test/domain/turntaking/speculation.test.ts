import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { defaultRules as rules } from '../../../src/domain/turntaking/rules.js';
import { asked, agentStarts, play, quiet, said, saidAtLast, score, voiced } from './support/score.js';

const kinds = (...steps: Parameters<typeof play>[0]) => play(steps).all.map((d) => d.kind);

describe('an eager start', () => {
  test('is made at 180 of 600 ms of silence and confirmed together with the end of the turn', () => {
    expect(play([voiced(400), quiet(700)]).all.slice(1)).toEqual([
      { kind: 'likely_end', atMs: 580, lastVoicedAtMs: 400 },
      { kind: 'confirm', atMs: 1_000 },
      { kind: 'endpoint', atMs: 1_000, lastVoicedAtMs: 400, cause: 'silence' },
    ]);
  });

  test('is made at 60 ms after a whole answer', () => {
    const { all } = play([...asked('yes_no'), voiced(400), said('yes'), quiet(300)]);
    expect(all.map((d) => [d.kind, d.atMs])).toEqual([
      ['speech_started', 80],
      ['likely_end', 460],
      ['confirm', 600],
      ['endpoint', 600],
    ]);
  });

  test('is cancelled when the caller goes on, and made again at the next silence', () => {
    expect(kinds(voiced(400), quiet(300), voiced(400), quiet(600))).toEqual([
      'speech_started',
      'likely_end',
      'cancel',
      'likely_end',
      'confirm',
      'endpoint',
    ]);
  });

  test('is cancelled when the words change under it, not when the same words come again', () => {
    const { all } = play([
      voiced(400),
      said('a truck'),
      quiet(300),
      said('a truck'),
      said('a truck hit me'),
      quiet(300),
    ]);
    expect(all.map((d) => d.kind)).toEqual([
      'speech_started',
      'likely_end',
      'cancel',
      'likely_end',
      'confirm',
      'endpoint',
    ]);
    expect(all[2]).toEqual({ kind: 'cancel', atMs: 700, cause: 'words' });
  });

  test('stands when the final words come, unless these say that the caller goes on', () => {
    const whole = play([voiced(400), quiet(300), saidAtLast('a truck hit me'), quiet(300)]).all;
    expect(whole.map((d) => d.kind)).toEqual(['speech_started', 'likely_end', 'confirm', 'endpoint']);
    const half = play([voiced(400), quiet(300), saidAtLast('a truck hit me and'), quiet(300)]).all;
    expect(half.slice(1).map((d) => [d.kind, d.atMs])).toEqual([
      ['likely_end', 580],
      ['cancel', 700],
    ]);
  });

  test('whose final words are a whole answer ends the turn at once', () => {
    const { all } = play([...asked('yes_no'), voiced(400), quiet(240), saidAtLast('yes'), quiet(20)]);
    expect(all.at(-1)).toMatchObject({ kind: 'endpoint', atMs: 660, lastVoicedAtMs: 400 });
  });

  test('is not made in the middle of a phrase, nor for a backchannel', () => {
    expect(kinds(voiced(400), said('it was my'), quiet(880))).toEqual(['speech_started']);
    expect(kinds(agentStarts(), voiced(200), quiet(600))).toEqual(['speech_started', 'dismissed']);
  });

  test('waits twice as long after each start in vain, and anew in the next utterance', () => {
    const pauses = [voiced(300), quiet(560), voiced(300), quiet(560), voiced(300), quiet(600)];
    const { log } = play([...pauses, voiced(300), quiet(300)]);
    const after = log.flatMap(({ decisions }) =>
      decisions.flatMap((d) => (d.kind === 'likely_end' ? [d.atMs - d.lastVoicedAtMs] : [])),
    );
    expect(after).toEqual([180, 360, 180]);
  });

  test('is given up after three in an utterance that were cancelled, and tried again in the next', () => {
    const quick = { ...rules, eager: { ...rules.eager, share: 0.05 } };
    const halting = Array.from({ length: 6 }, () => [voiced(300), quiet(400)]).flat();
    const { state, all } = play([...halting, quiet(600), voiced(300), quiet(1_000)], quick);
    expect(all.filter((d) => d.kind === 'likely_end')).toHaveLength(4);
    expect(state.speculation).toMatchObject({ started: 4, confirmed: 1, wasted: 3 });
  });

  test('waits a little longer where no words are known', () => {
    const soon = { ...rules, silenceMs: 200 };
    const at = (...steps: Parameters<typeof play>[0]) =>
      play(steps, soon).all.find((d) => d.kind === 'likely_end')?.atMs;
    expect(at(voiced(400), quiet(200))).toBe(480);
    expect(at(voiced(400), said('a truck hit me'), quiet(200))).toBe(460);
  });

  test('is made no more in a call that has wasted all it may', () => {
    const halting = Array.from({ length: 30 }, () => [
      voiced(300),
      quiet(400),
      voiced(300),
      quiet(1_200),
    ]).flat();
    const { state } = play(halting);
    expect(state.speculation).toMatchObject({ started: 39, confirmed: 19, wasted: 20 });
  });
});

describe('whatever the caller and the agent do', () => {
  const tight = { ...rules, eager: { ...rules.eager, mostWasted: 1 } };

  test('each eager start has one outcome, and none comes without a start', () => {
    fc.assert(
      fc.property(score, (steps) => {
        let open = false;
        for (const { kind } of play(steps).all) {
          if (kind === 'likely_end') expect(open).toBe(false);
          if (kind === 'confirm' || kind === 'cancel') expect(open).toBe(true);
          if (kind === 'endpoint' || kind === 'dismissed') expect(open).toBe(false);
          if (kind === 'likely_end') open = true;
          else if (kind === 'confirm' || kind === 'cancel') open = false;
        }
      }),
    );
  });

  test('no more starts are wasted than the limits allow, and the counts are those of what was decided', () => {
    fc.assert(
      fc.property(score, (steps) => {
        const { all, state } = play(steps, tight);
        const count = (kind: string) => all.filter((d) => d.kind === kind).length;
        const { started, confirmed, wasted, open } = state.speculation;
        expect(wasted).toBeLessThanOrEqual(tight.eager.mostWasted);
        expect([started, confirmed, wasted]).toEqual([
          count('likely_end'),
          count('confirm'),
          count('cancel'),
        ]);
        expect(started).toBe(confirmed + wasted + (open ? 1 : 0));
      }),
    );
  });
});
