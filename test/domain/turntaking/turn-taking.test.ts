import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  defaultRules as rules,
  type TurnTakingDecision,
  type TurnTakingEvent,
} from '../../../src/domain/turntaking/rules.js';
import { initialTurnTaking, turnTaking } from '../../../src/domain/turntaking/turn-taking.js';

type Step = { voiced: boolean; frames: number } | 'agent_started' | 'agent_stopped' | 'typed' | 'hung_up';

/** Runs a score and returns the events with what was decided at each. */
function play(steps: readonly Step[], r = rules) {
  let state = initialTurnTaking;
  let atMs = 0;
  const log: { event: TurnTakingEvent; decisions: readonly TurnTakingDecision[] }[] = [];
  const take = (event: TurnTakingEvent) => {
    const step = turnTaking(state, event, r);
    state = step.state;
    log.push({ event, decisions: step.decisions });
  };
  for (const step of steps) {
    if (typeof step === 'string') take({ kind: step, atMs });
    else
      for (let n = 0; n < step.frames; n++) {
        atMs += r.frameMs;
        take({ kind: 'frame', atMs, voiced: step.voiced });
      }
  }
  return {
    log,
    decisions: log.flatMap((l) => l.decisions),
    kinds: log.flatMap((l) => l.decisions.map((d) => d.kind)),
  };
}

const voiced = (ms: number): Step => ({ voiced: true, frames: ms / 20 });
const quiet = (ms: number): Step => ({ voiced: false, frames: ms / 20 });

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

  test('200 ms over the agent is an interruption, once', () => {
    expect(play(['agent_started', voiced(180)]).kinds).toEqual(['speech_started']);
    const { decisions, kinds } = play(['agent_started', voiced(1_000), 'agent_stopped', quiet(600)]);
    expect(kinds).toEqual(['speech_started', 'barge_in', 'endpoint']);
    expect(decisions[1]).toEqual({ kind: 'barge_in', atMs: 200 });
  });

  test('a short "mm-hm" over the agent is dismissed and does not stop it', () => {
    expect(play(['agent_started', voiced(160), quiet(600)]).kinds).toEqual(['speech_started', 'dismissed']);
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

const score = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ voiced: fc.boolean(), frames: fc.integer({ min: 1, max: 60 }) }) },
    fc.constantFrom<Step>('agent_started', 'agent_stopped', 'typed', 'hung_up'),
  ),
  { maxLength: 60 },
);
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

  test('silence ends a turn exactly at the silence rule after the last voiced frame, never before', () => {
    fc.assert(
      fc.property(score, (steps) => {
        let lastVoiced = 0;
        for (const { event, decisions } of play(steps, shortTurns).log) {
          if (event.kind === 'frame' && event.voiced) lastVoiced = event.atMs;
          for (const d of decisions)
            if (d.kind === 'endpoint') {
              expect(d.lastVoicedAtMs).toBe(lastVoiced);
              if (d.cause === 'silence') expect(d.atMs - lastVoiced).toBe(rules.silenceMs);
            }
        }
      }),
    );
  });

  test('no utterance outlasts the limit, and silence long enough always ends one', () => {
    fc.assert(
      fc.property(score, (steps) => {
        const { decisions } = play([...steps, quiet(600)], shortTurns);
        let fromMs = 0;
        for (const d of decisions) {
          if (d.kind === 'speech_started') fromMs = d.fromMs;
          else expect(d.atMs - fromMs).toBeLessThanOrEqual(shortTurns.maxUtteranceMs + rules.silenceMs);
        }
        const last = decisions.filter((d) => d.kind !== 'barge_in').at(-1);
        expect(last?.kind).not.toBe('speech_started');
      }),
    );
  });

  test('the agent is interrupted only while it speaks, after 200 ms of voice at least', () => {
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
