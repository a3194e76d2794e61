import { describe, expect, test } from '@jest/globals';
import { readOptions, UsageError } from '../../../bench/voice/options.js';
import { spreadOf } from '../../../bench/voice/percentiles.js';
import { stallSchedule } from '../../../bench/voice/profiles.js';
import { ramp } from '../../../bench/voice/ramp.js';
import { reportOf } from '../../../bench/voice/report.js';
import { summarise, type Summary } from '../../../bench/voice/summary.js';
import { utterancesOf } from '../../../bench/voice/utterances.js';
import type { LoadOutcome } from '../../../bench/voice/load-run.js';
import type { TurnSample } from '../../../bench/voice/messages.js';
import type { SpeculationOutcome } from '../../../src/domain/latency.js';

const outcome = (over: Partial<LoadOutcome['done']> = {}): LoadOutcome => ({
  calls: 10,
  measuredMs: 10_000,
  loopDelayP99Ms: 1.5,
  stalls: 0,
  usage: {
    idle: { cpuMs: 0, rssBytes: 100 << 20 },
    from: { cpuMs: 1_000, rssBytes: 110 << 20 },
    to: { cpuMs: 2_000, rssBytes: 120 << 20 },
  },
  memory: {
    idle: { rssBytes: 100 << 20, heldBytes: 60 << 20 },
    loaded: { rssBytes: 120 << 20, heldBytes: 70 << 20 },
  },
  done: {
    kind: 'done',
    turns: [
      {
        latencyMs: 300,
        timing: { total: 260, endpointing: 200, stt: 20, llm: 15, tts: 20 },
        speculation: 'hit',
      },
      { latencyMs: null, timing: null, speculation: null },
    ],
    self: { frames: 5_000, lateP99Ms: 2, lateMaxMs: 5 },
    lostWith: {},
    callsEnded: 0,
    interruptions: [{ stoppedAfterMs: 310, lastFrameAfterClearMs: 0 }],
    agentCutIn: 0,
    ...over,
  },
});

const about = { transport: 'native', profile: 'instant', pin: false, worker: true } as const;

test('percentiles are samples of the population, by nearest rank', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
  expect(spreadOf(hundred)).toEqual({ count: 100, p50: 50, p95: 95, p99: 99, max: 100 });
  expect(spreadOf([7])).toEqual({ count: 1, p50: 7, p95: 7, p99: 7, max: 7 });
  expect(spreadOf([])).toBeNull();
});

test('turns whose answer was prepared early are told apart from those whose was not', () => {
  const turn = (latencyMs: number, speculation: SpeculationOutcome): TurnSample => ({
    latencyMs,
    timing: null,
    speculation,
  });
  const turns = [turn(210, 'hit'), turn(220, 'hit'), turn(230, 'hit'), turn(700, 'miss')];
  const { bySpeculation, speculationHitRate, responseLatencyMs } = summarise(outcome({ turns }));
  expect(bySpeculation?.hit).toMatchObject({ count: 3, max: 230 });
  expect(bySpeculation?.miss).toMatchObject({ count: 1, p50: 700 });
  expect(bySpeculation?.none).toBeNull();
  expect(speculationHitRate).toBe(0.75);
  expect(responseLatencyMs).toMatchObject({ count: 4, max: 700 });
});

test('where the transport does not tell of early answers, none are made up', () => {
  const untold = summarise(outcome({ turns: [{ latencyMs: 300, timing: null, speculation: null }] }));
  expect([untold.bySpeculation, untold.speculationHitRate]).toEqual([null, null]);
});

test('the parts of a turn add up to its response latency, and costs are those of the edge per call', () => {
  const { turns, parts, edge } = summarise(outcome());
  expect(turns).toEqual({ sent: 2, answered: 1, missed: 1 });
  const medians = [
    parts.detectorTailMs,
    parts.endpointingHoldMs,
    parts.providerWaitsMs,
    parts.edgeOverheadMs,
  ];
  expect(medians.map((spread) => spread?.p50)).toEqual([40, 200, 55, 5]);
  expect(edge).toMatchObject({
    cpuShareOfCore: 0.1,
    cpuShareOfCorePerCall: 0.01,
    rssBytesPerCall: 2 << 20,
    heldBytesPerCall: 1 << 20,
  });
});

test('calls that were lost are counted, and told by what closed them', () => {
  const summary = summarise(outcome({ lostWith: { 1006: 2, 4408: 1 } }));
  expect(summary.callsLost).toBe(3);
  expect(reportOf(summary, about, false)).toContain('3, with 1006 × 2, 4408 × 1');
});

test('an interruption is told from the first frame to the stop, and from the stop to the last frame', () => {
  const { interruptions } = summarise(outcome());
  expect([interruptions.stoppedAfterMs?.p50, interruptions.lastFrameAfterStopMs?.max]).toEqual([310, 0]);
});

test('over the telephone, where callers are told nothing, the report gives the edge’s own account', () => {
  const summary = summarise(outcome({ turns: [{ latencyMs: 300, timing: null, speculation: null }] }));
  const some = { count: 4, p50: 0.4, p99: 3 };
  const none = { count: 0, p50: null, p99: null };
  const edgeAccount = {
    edgeOverheadMs: some,
    endpointingMs: none,
    totalMs: { hit: some, miss: none, none },
    speculationHitRate: 1,
  };
  const report = reportOf(summary, { ...about, transport: 'twilio', edgeAccount }, false);
  expect(report).toContain('overhead 0.4 / 3.0 ms');
  expect(report).toContain('100.0 % hits: 4 hit');
  expect(report).not.toContain('waits for providers');
});

test('a run in which the generator was late is invalid, and the report says so', () => {
  const late = summarise(outcome({ self: { frames: 5_000, lateP99Ms: 25, lateMaxMs: 80 } }));
  expect(late.generator.valid).toBe(false);
  expect(reportOf(late, about, false)).toContain('INVALID');
  expect(reportOf(summarise(outcome()), about, false)).not.toContain('INVALID');
});

test('one stream in a hundred turns stalls, each stage in its turn, also when progress comes in leaps', () => {
  const due = stallSchedule(100);
  expect([due(49), due(50), due(120), due(370)]).toEqual([[], ['chat'], [], ['speech', 'realtime', 'chat']]);
  expect(stallSchedule(null)(1_000)).toEqual([]);
});

describe('a ramp', () => {
  const step = (p95Of: (calls: number) => number, over: (calls: number) => Partial<Summary> = () => ({})) =>
    ramp(64, (calls) => {
      const made = summarise(
        outcome({ turns: [{ latencyMs: p95Of(calls), timing: null, speculation: null }] }),
      );
      return Promise.resolve({ ...made, calls, ...over(calls) });
    });

  test('ends where p95 has doubled and names the largest load before, to a tenth', async () => {
    const result = await step((calls) => (calls < 16 ? 300 : 700));
    expect([result.steps.length, result.before?.calls, result.ended]).toEqual([8, 15, 'p95 had doubled']);
  });

  test('ends without crediting a step in which turns were missed or the generator was late', async () => {
    const missed = await step(
      () => 300,
      (calls) => (calls === 4 ? { turns: { sent: 2, answered: 1, missed: 1 } } : {}),
    );
    expect([missed.before?.calls, missed.ended]).toEqual([3, 'turns were missed']);
    const late = { frames: 1, lateP99Ms: 30, lateMaxMs: 30, valid: false };
    const blind = await step(
      () => 300,
      (calls) => (calls === 2 ? { generator: late } : {}),
    );
    expect([blind.before?.calls, blind.ended]).toEqual([1, 'the generator could not keep up']);
  });
});

describe('arguments', () => {
  test('have defaults, and are taken in their units', () => {
    expect(readOptions([])).toMatchObject({ calls: 10, measureMs: 20_000, profile: 'instant', ramp: false });
    expect(readOptions(['--calls', '100', '--seconds', '5', '--profile', 'realistic'])).toMatchObject({
      calls: 100,
      measureMs: 5_000,
      profile: 'realistic',
    });
    expect(readOptions(['--help'])).toBeNull();
  });

  test.each([
    ['--calls', '0', 'whole number from 1'],
    ['--profile', 'dreamy', 'instant, realistic'],
    ['--transport', 'pigeon', 'native or twilio'],
    ['--colour', 'red', ''],
  ])('%s %s is refused with what may be given', (flag, value, words) => {
    expect(() => readOptions([flag, value])).toThrow(UsageError);
    expect(() => readOptions([flag, value])).toThrow(words);
  });
});

test('utterances last about as long as asked, in whole frames', () => {
  for (const frames of utterancesOf(1_500)) {
    expect(frames.length * 20).toBeGreaterThan(1_200);
    expect(frames.length * 20).toBeLessThanOrEqual(1_500);
    expect(new Set(frames.map(({ pcm }) => pcm.length))).toEqual(new Set([640]));
    // 160 bytes in base64
    expect(new Set(frames.map(({ mulaw }) => mulaw.length))).toEqual(new Set([216]));
  }
});
