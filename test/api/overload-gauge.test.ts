import { afterEach, expect, jest, test } from '@jest/globals';
import { watchOverload } from '../../src/api/overload-gauge.js';
import type { LoadSample } from '../../src/domain/overload.js';
import { eventually } from '../support/eventually.js';
import { capturingLogger, silentLogger } from '../support/log.js';
import {
  endTestCalls,
  placeTestCall,
  scriptedEars,
  scriptedModel,
  toneVoice,
} from '../voice/session/support/line.js';

afterEach(async () => {
  jest.useRealTimers();
  await endTestCalls();
});

test('load sheds answers in advance first and new recordings next, and both come back after it', () => {
  jest.useFakeTimers();
  const { logger, lines } = capturingLogger();
  let sample: LoadSample = { utilisation: 0.1, delayP99Ms: 0 };
  const gauge = watchOverload(logger, () => sample);
  const afterSeconds = (seconds: number, next: LoadSample) => {
    sample = next;
    jest.advanceTimersByTime(seconds * 1_000);
    return [gauge.mayPrepareEarly(), gauge.mayRecord()];
  };
  expect(afterSeconds(1, sample)).toEqual([true, true]);
  const strained: LoadSample = { utilisation: 0.8, delayP99Ms: 5 };
  expect(afterSeconds(2, strained)).toEqual([false, true]);
  expect(afterSeconds(2, { utilisation: 0.95, delayP99Ms: 80 })).toEqual([false, false]);
  expect(afterSeconds(5, { utilisation: 0.1, delayP99Ms: 0 })).toEqual([true, true]);
  expect(lines.map(({ before }) => before)).toEqual(['normal', 'strained', 'overloaded']);
  gauge.close();
});

test('under strain answers are prepared as long as they are the ones that are given', () => {
  jest.useFakeTimers();
  const recorded: string[] = [];
  const gauge = watchOverload(silentLogger, () => ({ utilisation: 0.8, delayP99Ms: 5 }));
  const sink = gauge.watching({
    record: (_tenant, _timing, { outcome }) => void recorded.push(outcome),
    recordError: (tenant) => void recorded.push(`error of ${tenant}`),
  });
  jest.advanceTimersByTime(2_000);
  expect([gauge.level(), gauge.mayPrepareEarly()]).toEqual(['strained', false]);
  sink.record('firm-a', {}, { outcome: 'hit', wasted: 0, wastedChars: 0 });
  expect(gauge.mayPrepareEarly()).toBe(true);
  sink.record('firm-a', {}, { outcome: 'miss', wasted: 2, wastedChars: 80 });
  expect(gauge.mayPrepareEarly()).toBe(false);
  sink.recordError('firm-a');
  expect(recorded).toEqual(['hit', 'miss', 'error of firm-a']);
  gauge.close();
});

test('a loop that is held up is seen by the process itself', async () => {
  const gauge = watchOverload(silentLogger);
  const hold = setInterval(() => {
    const until = performance.now() + 90;
    while (performance.now() < until);
  }, 95);
  try {
    await eventually(() => gauge.level() === 'overloaded', { withinMs: 5_000, what: 'the overload' });
  } finally {
    clearInterval(hold);
    gauge.close();
  }
}, 20_000);

test('calls that come and go on while the process is overloaded are answered, without answers in advance', async () => {
  const gauge = watchOverload(silentLogger, () => ({ utilisation: 1, delayP99Ms: 200 }));
  try {
    await eventually(() => gauge.level() === 'overloaded', { withinMs: 5_000, what: 'the overload' });
    const { mayPrepareEarly } = gauge;
    const stt = scriptedEars(['help']);
    const call = placeTestCall({ stt, llm: scriptedModel, tts: toneVoice(), mayPrepareEarly });
    await call.next('reply_done');
    call.speak(400, 1_300);
    expect(await call.next('reply_done', 1)).toMatchObject({
      text: 'You said help.',
      speculation: { outcome: 'none' },
    });
  } finally {
    gauge.close();
  }
}, 20_000);
