import { expect, test } from '@jest/globals';
import { createFailoverLanguageModel } from '../../../../src/voice/providers/resilience/language-model.js';
import { all, circuitOf, down, hang, model, never, request, type Model } from './support.js';

const failover = (engines: readonly Model[], firstTokenMs = 30) => {
  const endpoints = engines.map((engine) => ({ engine, circuit: circuitOf('llm') }));
  return { endpoints, engine: createFailoverLanguageModel({ endpoints, firstTokenMs }) };
};

test.each([
  ['is connected and mute', hang],
  ['is down', () => Promise.reject(down('llm'))],
])('when the first endpoint %s the second words the act', async (_what, how) => {
  const { engine } = failover([model([], how), model(['Your ', 'name?'])]);
  expect(await all(engine.word(request, never))).toEqual(['Your ', 'name?']);
});

test('an endpoint that breaks off after its first words is not replaced: the session ends the act itself', async () => {
  const second = model(['Something else.']);
  const { engine } = failover([model(['What is '], () => Promise.reject(down('llm'))), second]);
  const heard: string[] = [];
  await expect(
    (async () => {
      for await (const piece of engine.word(request, never)) heard.push(piece);
    })(),
  ).rejects.toThrow('It is down.');
  expect(heard).toEqual(['What is ']);
  expect(second.asked).toBe(0);
});

test('when every endpoint is left alone it fails at once, so that the template follows without a wait', async () => {
  const first = model([], () => Promise.reject(down('llm')));
  const { engine } = failover([first], 60_000);
  for (let n = 0; n < 3; n += 1)
    await expect(all(engine.word(request, never))).rejects.toThrow('It is down.');
  await expect(all(engine.word(request, never))).rejects.toThrow('at present');
  expect(first.asked).toBe(3);
});

test('an interrupted reply is nobody’s failure', async () => {
  const { engine, endpoints } = failover([model(['What '], hang)], 60_000);
  for (let n = 0; n < 4; n += 1) {
    const stop = new AbortController();
    await expect(
      (async () => {
        for await (const _piece of engine.word(request, stop.signal)) stop.abort(new Error('barge-in'));
      })(),
    ).rejects.toThrow('barge-in');
  }
  expect(endpoints[0]?.circuit.allows).toBe(true);
});
