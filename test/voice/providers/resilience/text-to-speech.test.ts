import { expect, test } from '@jest/globals';
import {
  createFailoverTextToSpeech,
  restOf,
} from '../../../../src/voice/providers/resilience/text-to-speech.js';
import { all, circuitOf, down, hang, never, voice, type Voice } from './support.js';

const sentence = 'Please tell me what happened, and when it was.';
/** What the wrapper believes before it has heard the primary: 15 characters a second. */
const USUAL = Math.round(16_000 / 15);

const failover = (primary: Voice, fallback: Voice | null, firstAudioMs = 40) => {
  const circuit = circuitOf('tts');
  return {
    circuit,
    engine: createFailoverTextToSpeech({ primary, circuit, fallback: () => fallback, firstAudioMs }),
  };
};

test('a voice that gives no sound in time is replaced, and the whole clause is heard', async () => {
  const fallback = voice(2, 10);
  const { engine } = failover(voice(1, 10, { afterChars: 0, how: hang }), fallback);
  const chunks = await all(engine.speak(sentence, never));
  expect(fallback.asked).toEqual([sentence]);
  expect(chunks.every((chunk) => chunk[0] === 2)).toBe(true);
});

test.each([
  ['stalls', hang],
  ['breaks off', () => Promise.reject(down('tts'))],
])('a voice that %s in mid-clause is followed by the words that are left, none twice', async (_what, how) => {
  const said = 'Please tell me '.length;
  const fallback = voice(2, 10);
  const { engine } = failover(voice(1, USUAL, { afterChars: said, how }), fallback);
  await all(engine.speak(sentence, never));
  expect(fallback.asked).toEqual(['what happened, and when it was.']);
});

test('the gap in mid-clause is the limit and no longer', async () => {
  const { engine } = failover(voice(1, USUAL, { afterChars: 8, how: hang }), voice(2, 10), 60);
  let last = performance.now();
  let gapMs = 0;
  for await (const _chunk of engine.speak(sentence, never)) {
    gapMs = Math.max(gapMs, performance.now() - last);
    last = performance.now();
  }
  expect(gapMs).toBeGreaterThanOrEqual(55);
  expect(gapMs).toBeLessThan(1_500);
});

test('how fast the voice speaks is learnt from its whole clauses', async () => {
  const fallback = voice(2, 10);
  const fast = voice(1, 100);
  const broken: Voice = {
    ...fast,
    speak: (text, signal) =>
      text.startsWith('Please')
        ? voice(1, 100, { afterChars: 16, how: hang }).speak(text, signal)
        : fast.speak(text, signal),
  };
  const { engine } = failover(broken, fallback);
  for (let n = 0; n < 40; n += 1) await all(engine.speak('This is a clause that is long enough.', never));
  await all(engine.speak(sentence, never));
  expect(fallback.asked).toEqual(['what happened, and when it was.']);
});

test('an open circuit gives the clause to the other voice without asking the first', async () => {
  const primary = voice(1, 10, { afterChars: 0, how: hang });
  const { engine, circuit } = failover(primary, voice(2, 10), 5);
  for (let n = 0; n < 3; n += 1) await all(engine.speak('Hello.', never));
  expect(circuit.allows).toBe(false);
  await all(engine.speak('Hello.', never));
  expect(primary.asked).toHaveLength(3);
});

test('without another voice an open circuit fails at once, so that nobody waits in vain', async () => {
  const primary = voice(1, 10, { afterChars: 0, how: () => Promise.reject(down('tts')) });
  const { engine } = failover(primary, null, 60_000);
  for (let n = 0; n < 3; n += 1)
    await expect(all(engine.speak('Hello.', never))).rejects.toThrow('It is down.');
  await expect(all(engine.speak('Hello.', never))).rejects.toThrow('at present');
  expect(primary.asked).toHaveLength(3);
});

test('a clause that the caller interrupted is no failure and is not taken up by another voice', async () => {
  const fallback = voice(2, 10);
  const { engine, circuit } = failover(voice(1, 10, { afterChars: 2, how: hang }), fallback, 60_000);
  for (let n = 0; n < 4; n += 1) {
    const stop = new AbortController();
    await expect(
      (async () => {
        for await (const _chunk of engine.speak('Hello.', stop.signal)) stop.abort(new Error('barge-in'));
      })(),
    ).rejects.toThrow('barge-in');
  }
  expect(fallback.asked).toEqual([]);
  expect(circuit.allows).toBe(true);
});

test('the rest of a clause begins with the word that was cut off, and nothing follows a clause that was all but said', () => {
  expect(restOf('one two three', 0)).toBe('one two three');
  expect(restOf('one two three', 5)).toBe('two three');
  expect(restOf('one two three', 8)).toBe('three');
  expect(restOf('one two three', 12.5)).toBe('');
  expect(restOf('one two three', 99)).toBe('');
});
