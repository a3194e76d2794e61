import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { defaultRules as rules } from '../../../src/domain/turntaking/rules.js';
import { agentStarts, play, quiet, said, score, voiced } from './support/score.js';

describe('turn-taking', () => {
  test('an utterance starts after 80 ms of voice and ends 600 ms after its last voiced frame', () => {
    const { decisions } = play([quiet(100), voiced(400), quiet(700)]);
    expect(decisions).toEqual([
      { kind: 'speech_started', atMs: 180, fromMs: 100 },
      { kind: 'endpoint', atMs: 1_100, lastVoicedAtMs: 500, cause: 'silence' },
    ]);
  });

  test('a pause shorter than the silence rule does not end the turn', () => {
    expect(play([voiced(400), quiet(580), voiced(400), quiet(600)]).kinds).toEqual([
      'speech_started',
      'endpoint',
    ]);
  });

  test('clicks that alternate with silence never become speech', () => {
    const clicks = Array.from({ length: 200 }, (_, n) => (n % 2 ? voiced(20) : quiet(20)));
    expect(play(clicks).kinds).toEqual([]);
  });

  test('a sound too short to be a word is dismissed', () => {
    expect(play([voiced(80), quiet(600)]).kinds).toEqual(['speech_started', 'dismissed']);
  });

  test('360 ms over the agent is an interruption, once', () => {
    const { decisions, kinds } = play([agentStarts(), voiced(1_000), 'agent_stopped', quiet(600)]);
    expect(kinds).toEqual(['speech_started', 'barge_in', 'endpoint']);
    expect(decisions[1]).toEqual({ kind: 'barge_in', atMs: 360 });
  });

  test.each([80, 160, 340])('a burst of %i ms over the agent ("mm-hm", a cough) does not stop it', (ms) => {
    expect(play([agentStarts(), voiced(ms), quiet(600)]).kinds).toEqual(['speech_started', 'dismissed']);
  });

  test('two coughs over the agent, half a second apart, do not add up to an interruption', () => {
    const { kinds } = play([agentStarts(), voiced(240), quiet(500), voiced(240), quiet(600)]);
    expect(kinds).toEqual(['speech_started', 'dismissed']);
  });

  test('"yeah" just before the agent has finished asking is an answer, ended at once', () => {
    const { decisions } = play([
      agentStarts('yes_no'),
      voiced(300),
      'agent_stopped',
      said('yeah'),
      quiet(300),
    ]);
    expect(decisions.at(-1)).toMatchObject({ kind: 'endpoint', atMs: 500, lastVoicedAtMs: 300 });
  });

  test('who interrupts a question is not held to it: the question may not have been heard', () => {
    const { decisions } = play([agentStarts('yes_no'), voiced(400), 'agent_stopped', quiet(700)]);
    expect(decisions.at(-1)).toMatchObject({ kind: 'endpoint', atMs: 1_000 });
  });

  test('an utterance is cut at 60 s and the caller can go on in a new one', () => {
    const { decisions, kinds } = play([voiced(61_000), quiet(600)]);
    expect(kinds).toEqual(['speech_started', 'endpoint', 'speech_started', 'endpoint']);
    expect(decisions[1]).toMatchObject({ atMs: 60_000, cause: 'too_long' });
  });

  test.each(['typed', 'hung_up'] as const)(
    'what was being said when the caller %s is complete at once',
    (cause) => {
      expect(play([voiced(400), cause, quiet(700)]).decisions).toEqual([
        { kind: 'speech_started', atMs: 80, fromMs: 0 },
        { kind: 'endpoint', atMs: 400, lastVoicedAtMs: 400, cause },
      ]);
    },
  );
});

const shortTurns = { ...rules, maxUtteranceMs: 3_000 };

describe('whatever the caller and the agent do', () => {
  test('every beginning has exactly one end before the next beginning', () => {
    fc.assert(
      fc.property(score, (steps) => {
        let open = false;
        for (const kind of play(steps, shortTurns).kinds) {
          if (kind === 'barge_in') expect(open).toBe(true);
          else {
            expect(kind === 'speech_started').toBe(!open);
            open = kind === 'speech_started';
          }
        }
      }),
    );
  });

  test('silence ends a turn no earlier than the floor and no later than the cap after the last voiced frame', () => {
    fc.assert(
      fc.property(score, (steps) => {
        let lastVoiced = 0;
        for (const { event, decisions } of play(steps, shortTurns).log) {
          if (event.kind === 'frame' && event.voiced) lastVoiced = event.atMs;
          for (const d of decisions)
            if (d.kind === 'endpoint') {
              expect(d.lastVoicedAtMs).toBe(lastVoiced);
              if (d.cause === 'silence') {
                expect(d.atMs - lastVoiced).toBeGreaterThanOrEqual(rules.floorMs);
                expect(d.atMs - lastVoiced).toBeLessThanOrEqual(rules.capMs);
              }
            }
        }
      }),
    );
  });

  test('no utterance outlasts the limit, and silence long enough always ends one', () => {
    fc.assert(
      fc.property(score, (steps) => {
        const { decisions } = play([...steps, quiet(rules.capMs)], shortTurns);
        let fromMs = 0;
        for (const d of decisions) {
          if (d.kind === 'speech_started') fromMs = d.fromMs;
          else expect(d.atMs - fromMs).toBeLessThanOrEqual(shortTurns.maxUtteranceMs + rules.capMs);
        }
        const last = decisions.filter((d) => d.kind !== 'barge_in').at(-1);
        expect(last?.kind).not.toBe('speech_started');
      }),
    );
  });

  test('the agent is interrupted only while it speaks, after 360 ms of voice at least', () => {
    fc.assert(
      fc.property(score, (steps) => {
        let speaking = false;
        let voicedOverMs = 0;
        for (const { event, decisions } of play(steps, shortTurns).log) {
          if (event.kind === 'agent_started' || event.kind === 'agent_stopped') {
            speaking = event.kind === 'agent_started';
            voicedOverMs = 0;
          } else if (event.kind === 'frame' && event.voiced) voicedOverMs += rules.frameMs;
          if (decisions.some((d) => d.kind === 'barge_in')) {
            expect(speaking).toBe(true);
            expect(voicedOverMs).toBeGreaterThanOrEqual(rules.bargeInMs);
          }
        }
      }),
    );
  });
});
