import { expect, test } from '@jest/globals';
import { defaultBreakerRules } from '../../../../src/domain/breaker.js';
import { createCircuit } from '../../../../src/voice/providers/resilience/circuit.js';
import {
  probeLanguageModel,
  probeSpeechToText,
  probeTextToSpeech,
} from '../../../../src/voice/providers/resilience/probes.js';
import { eventually } from '../../../support/eventually.js';
import { capturingLogger } from '../../../support/log.js';
import { down, ears, hang, model, never, voice } from './support.js';

const rules = { ...defaultBreakerRules, probeAfterMs: 10, probeMaxMs: 20 };

test('after failures it is probed by itself until it answers, and both changes are logged', async () => {
  const { logger, lines } = capturingLogger();
  let probes = 0;
  const probe = (): Promise<void> => {
    probes += 1;
    return probes < 3 ? Promise.reject(down('tts')) : Promise.resolve();
  };
  const circuit = createCircuit({ stage: 'tts', engine: 'openai:kokoro', probe, logger, rules });
  for (let n = 0; n < 3; n += 1) circuit.failed();
  expect(circuit.allows).toBe(false);
  expect(circuit.view()).toEqual({ stage: 'tts', engine: 'openai:kokoro', state: 'open' });
  await eventually(() => circuit.allows, { withinMs: 5_000, everyMs: 5, what: 'the circuit closes' });
  circuit.close();
  expect(probes).toBe(3);
  const said = lines.filter(({ level }) => level !== 'debug');
  expect(said.map(({ level, msg, stage }) => ({ level, msg, stage }))).toEqual([
    { level: 'warn', msg: 'a provider is left alone until it answers a probe', stage: 'tts' },
    { level: 'info', msg: 'a provider is back', stage: 'tts' },
  ]);
});

test('a timer that comes early, as timers of a busy process do, is set again', async () => {
  let nowMs = 0;
  let probes = 0;
  const probe = (): Promise<void> => Promise.resolve(void (probes += 1));
  const { logger } = capturingLogger();
  const circuit = createCircuit({ stage: 'llm', engine: 'x', probe, logger, rules, nowMs: () => nowMs });
  for (let n = 0; n < 3; n += 1) circuit.failed();
  // The clock stands still although the timer has run out, some times over.
  await new Promise((resolve) => setTimeout(resolve, 40));
  expect(probes).toBe(0);
  nowMs = 10;
  await eventually(() => circuit.allows, { withinMs: 5_000, everyMs: 2, what: 'the circuit closes' });
  circuit.close();
});

test('closing aborts the probe that is under way and starts no other', async () => {
  let aborted = false;
  let probes = 0;
  const probe = (signal: AbortSignal): Promise<void> => {
    probes += 1;
    signal.addEventListener('abort', () => (aborted = true), { once: true });
    return hang(signal);
  };
  const circuit = createCircuit({
    stage: 'stt',
    engine: 'x',
    probe,
    logger: capturingLogger().logger,
    rules,
  });
  for (let n = 0; n < 3; n += 1) circuit.failed();
  await eventually(() => probes === 1, { withinMs: 5_000, everyMs: 2, what: 'the probe' });
  circuit.close();
  expect(aborted).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 40));
  expect(probes).toBe(1);
});

test('each probe is a real request that tells a working engine from a mute one', async () => {
  const soon = () => AbortSignal.timeout(20);
  const heard = ears(() => Promise.resolve(''));
  await expect(probeSpeechToText(heard)(never)).resolves.toBeUndefined();
  expect(heard.frames[0]).toHaveLength(25);
  await expect(probeSpeechToText(ears(hang))(soon())).rejects.toThrow();
  await expect(probeLanguageModel(model(['Yes', ' Yes']))(never)).resolves.toBeUndefined();
  await expect(probeLanguageModel(model([]))(never)).rejects.toThrow('no words');
  await expect(probeTextToSpeech(voice(1, 1))(never)).resolves.toBeUndefined();
  await expect(probeTextToSpeech(voice(1, 1, { afterChars: 0, how: hang }))(soon())).rejects.toThrow();
});
