import { expect, test } from '@jest/globals';
import { FRAME_SAMPLES } from '../../../../src/voice/ports.js';
import { createFailoverSpeechToText } from '../../../../src/voice/providers/resilience/speech-to-text.js';
import { circuitOf, down, ears, hang, never, type Ears } from './support.js';

const failover = (primary: Ears, fallback: Ears | null, answerMs = 40) => {
  const circuit = circuitOf('stt');
  const engine = createFailoverSpeechToText({ primary, circuit, fallback: () => fallback, answerMs });
  return { engine, circuit };
};
const frame = (value: number) => new Int16Array(FRAME_SAMPLES).fill(value);
const words = (text: string) => () => Promise.resolve(text);

test('when the first engine fails the second hears the same utterance from its first frame on', async () => {
  const primary = ears(() => Promise.reject(down('stt')));
  const fallback = ears(words('my name is maria'));
  const recognition = failover(primary, fallback, 60_000).engine.start();
  for (const value of [1, 2, 3]) recognition.push(frame(value));
  expect(await recognition.finish(never)).toBe('my name is maria');
  expect(fallback.frames).toEqual([[frame(1), frame(2), frame(3)]]);
});

test('when the first engine is connected and mute the second answers, and the first is aborted', async () => {
  const primary = ears(hang);
  const { engine } = failover(primary, ears(words('yes')));
  const began = performance.now();
  expect(await engine.start().finish(never)).toBe('yes');
  expect(performance.now() - began).toBeGreaterThanOrEqual(38);
  expect(primary.aborted).toBe(1);
  expect(primary.cancelled).toBe(1);
});

test('a first engine that answers in time leaves the second alone', async () => {
  const fallback = ears(words('no'));
  expect(
    await failover(ears(words('yes')), fallback, 60_000)
      .engine.start()
      .finish(never),
  ).toBe('yes');
  expect(fallback.frames).toEqual([]);
});

test('a late first engine still wins over a second that is later', async () => {
  const primary = ears(() => new Promise((resolve) => setTimeout(() => resolve('yes'), 80)));
  const fallback = ears(hang);
  expect(await failover(primary, fallback, 10).engine.start().finish(never)).toBe('yes');
  expect(fallback.aborted).toBe(1);
});

test('silence heard by the second engine does not end the wait for the first', async () => {
  const primary = ears(() => new Promise((resolve) => setTimeout(() => resolve('yes'), 60)));
  expect(
    await failover(primary, ears(words('')), 10)
      .engine.start()
      .finish(never),
  ).toBe('yes');
});

test('when both fail the caller of it gets the failure of the first', async () => {
  const broken = ears(() => Promise.reject(new Error('another')));
  const { engine } = failover(
    ears(() => Promise.reject(down('stt'))),
    broken,
  );
  await expect(engine.start().finish(never)).rejects.toThrow('It is down.');
});

test('an open circuit sends the caller to the second engine from the first frame on', async () => {
  const primary = ears(() => Promise.reject(down('stt')));
  const fallback = ears(words('yes'));
  const { engine, circuit } = failover(primary, fallback);
  for (let n = 0; n < 3; n += 1) await engine.start().finish(never);
  expect(circuit.allows).toBe(false);
  await engine.start().finish(never);
  expect(primary.finished).toBe(3);
  expect(fallback.finished).toBe(4);
});

test('losing the race counts as a failure, so a mute engine is soon left alone', async () => {
  const { engine, circuit } = failover(ears(hang), ears(words('yes')), 5);
  for (let n = 0; n < 3; n += 1) await engine.start().finish(never);
  expect(circuit.allows).toBe(false);
});

test('a call that ends in mid-utterance is nobody’s failure', async () => {
  const { engine, circuit } = failover(ears(hang), null, 5);
  for (let n = 0; n < 4; n += 1) {
    const recognition = engine.start();
    const outcome = recognition.finish(never);
    recognition.cancel();
    await expect(outcome).rejects.toThrow('cancelled');
  }
  expect(circuit.allows).toBe(true);
});

test('without a second engine an open circuit still lets the first listen', async () => {
  const primary = ears(() => Promise.reject(down('stt')));
  const { engine } = failover(primary, null);
  for (let n = 0; n < 4; n += 1) await expect(engine.start().finish(never)).rejects.toThrow('It is down.');
  expect(primary.finished).toBe(4);
});

test('no more than a minute of a stuck line is kept', async () => {
  const fallback = ears(words('yes'));
  const recognition = failover(
    ears(() => Promise.reject(down('stt'))),
    fallback,
  ).engine.start();
  for (let n = 0; n < 3_500; n += 1) recognition.push(frame(1));
  await recognition.finish(never);
  expect(fallback.frames[0]).toHaveLength(3_000);
});
