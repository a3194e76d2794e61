import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  defaultSilenceRules as rules,
  initialSilence,
  type SilenceDecision,
  type SilenceEvent,
  silenceLadder,
  type SilenceState,
} from '../../src/domain/silence-ladder.js';

/** Plays events in order, with every tick the ladder asks for between them and `tailMs` of quiet at the end. */
function play(events: readonly SilenceEvent[], tailMs = 0) {
  let state: SilenceState = initialSilence;
  let wakeAtMs: number | null = null;
  const decided: { atMs: number; decision: SilenceDecision; taken: boolean }[] = [];
  const step = (event: SilenceEvent): void => {
    const result = silenceLadder(state, event, rules);
    state = result.state;
    wakeAtMs = result.wakeAtMs;
    if (result.decision) decided.push({ atMs: event.atMs, decision: result.decision, taken: state.taken });
  };
  const wakeUntil = (untilMs: number): void => {
    while (wakeAtMs !== null && wakeAtMs <= untilMs) step({ kind: 'tick', atMs: wakeAtMs });
  };
  for (const event of events) {
    wakeUntil(event.atMs);
    step(event);
  }
  wakeUntil((events.at(-1)?.atMs ?? 0) + tailMs);
  return { decided, state, times: decided.map(({ atMs, decision }) => [atMs, nameOf(decision)]) };
}
const nameOf = (decision: SilenceDecision): string =>
  decision.kind === 'close' ? 'close' : `prompt ${decision.rung}`;

/** The agent speaks from `fromMs` to `toMs`. */
const agentSpeaks = (fromMs: number, toMs: number, reach?: 'close' | 'stay' | 'mute'): SilenceEvent[] => [
  { kind: 'floor', atMs: fromMs, taken: true },
  { kind: 'agent_spoke', atMs: fromMs, ...(reach && { reach }) },
  { kind: 'floor', atMs: toMs, taken: false },
];

describe('a caller who says nothing', () => {
  test('is asked, asked again and let go, each after its own wait', () => {
    expect(play(agentSpeaks(0, 1_000, 'close'), 600_000).times).toEqual([
      [9_000, 'prompt 1'],
      [19_000, 'prompt 2'],
      [34_000, 'close'],
    ]);
  });

  test('is given the wait from the end of each prompt, not from its beginning', () => {
    const events = [...agentSpeaks(0, 1_000, 'close'), ...agentSpeaks(9_000, 12_000)];
    expect(play(events, 600_000).times).toEqual([
      [9_000, 'prompt 1'],
      [22_000, 'prompt 2'],
      [37_000, 'close'],
    ]);
  });

  test('begins at the bottom again as soon as words come', () => {
    const events: SilenceEvent[] = [
      ...agentSpeaks(0, 1_000, 'close'),
      { kind: 'caller_turn', atMs: 20_000 },
      ...agentSpeaks(20_500, 22_000, 'close'),
    ];
    expect(play(events, 9_000).times).toEqual([
      [9_000, 'prompt 1'],
      [19_000, 'prompt 2'],
      [30_000, 'prompt 1'],
    ]);
  });

  test('who coughs is not greeted with a prompt right behind it, but does not stay for ever either', () => {
    const cough = (atMs: number): SilenceEvent[] => [
      { kind: 'floor', atMs, taken: true },
      { kind: 'floor', atMs: atMs + 400, taken: false },
    ];
    expect(play([...agentSpeaks(0, 1_000, 'close'), ...cough(8_900)], 100).times).toEqual([]);
    expect(play([...agentSpeaks(0, 1_000, 'close'), ...cough(8_900)], 2_000).times).toEqual([
      [10_800, 'prompt 1'],
    ]);
  });

  test('who may be in danger is prompted but not hung up on, or left in peace where a sound may give them away', () => {
    expect(play(agentSpeaks(0, 1_000, 'stay'), 600_000).times).toEqual([
      [9_000, 'prompt 1'],
      [19_000, 'prompt 2'],
    ]);
    expect(play(agentSpeaks(0, 1_000, 'mute'), 600_000).times).toEqual([]);
  });

  test('is left alone where the operator has set the first wait to zero', () => {
    const step = silenceLadder(
      { ...initialSilence, quietSinceMs: 0 },
      { kind: 'tick', atMs: 999_999 },
      { ...rules, promptMs: 0 },
    );
    expect(step).toMatchObject({ decision: null, wakeAtMs: null });
  });
});

const anything = fc
  .array(
    fc.record({
      waitMs: fc.integer({ min: 0, max: 30_000 }),
      what: fc.constantFrom('taken', 'free', 'caller_turn', 'agent_spoke', 'tick'),
      reach: fc.constantFrom('close' as const, 'stay' as const, 'mute' as const, undefined),
    }),
    { maxLength: 60 },
  )
  .map((moves) => {
    let atMs = 0;
    return moves.map(({ waitMs, what, reach }): SilenceEvent => {
      atMs += waitMs;
      if (what === 'taken' || what === 'free') return { kind: 'floor', atMs, taken: what === 'taken' };
      if (what === 'agent_spoke') return { kind: 'agent_spoke', atMs, ...(reach && { reach }) };
      return { kind: what === 'tick' ? 'tick' : 'caller_turn', atMs };
    });
  });

describe('whatever happens in a call', () => {
  test('nothing is decided while the floor is taken', () => {
    fc.assert(
      fc.property(anything, (events) => {
        expect(play(events, 60_000).decided.every(({ taken }) => !taken)).toBe(true);
      }),
    );
  });

  test('the rungs come in order, and each at least its own wait after what was said last', () => {
    fc.assert(
      fc.property(anything, (events) => {
        const { decided } = play(events, 60_000);
        let rung = 0;
        let lastMs = -Infinity;
        for (const { atMs, decision } of decided) {
          const spoken = events.filter((e) => e.atMs < atMs && isSpeech(e.kind));
          if (events.some((e) => e.kind === 'caller_turn' && e.atMs > lastMs && e.atMs <= atMs)) rung = 0;
          const now = decision.kind === 'close' ? 3 : decision.rung;
          expect(now).toBe(rung + 1);
          const waitMs = [rules.promptMs, rules.againMs, rules.closeMs][rung] ?? 0;
          expect(atMs - (spoken.at(-1)?.atMs ?? 0)).toBeGreaterThanOrEqual(waitMs);
          expect(atMs - lastMs).toBeGreaterThanOrEqual(rung === 0 ? 0 : waitMs);
          rung = now;
          lastMs = atMs;
        }
      }),
    );
  });

  test('at most three steps are taken between two turns of the caller', () => {
    fc.assert(
      fc.property(anything, (events) => {
        const turns = events.filter((e) => e.kind === 'caller_turn').length;
        expect(play(events, 3_600_000).decided.length).toBeLessThanOrEqual(3 * (turns + 1));
      }),
    );
  });

  test('a free line on which something was said always comes to its next step, unless none is left', () => {
    fc.assert(
      fc.property(anything, (events) => {
        const { state } = play(events, 3_600_000);
        const spoke = state.quietSinceMs !== undefined && !state.taken;
        const most = state.reach === 'close' ? 3 : 2;
        if (spoke && state.reach !== 'mute') expect(state.rung).toBeGreaterThanOrEqual(most);
      }),
    );
  });
});

const isSpeech = (kind: SilenceEvent['kind']): boolean => kind === 'caller_turn' || kind === 'agent_spoke';
