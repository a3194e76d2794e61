import { afterEach, expect, test } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createOpenAiLanguageModel } from '../../../../src/voice/providers/openai/language-model.js';
import { all, never } from './support.js';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A server that answers with exactly these events: what no well-behaved stand-in would send. */
async function worded(events: readonly object[]): Promise<string> {
  server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const event of events) response.write(`data: ${JSON.stringify(event)}\n\n`);
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const baseUrl = `http://127.0.0.1:${port}/v1`;
  const llm = createOpenAiLanguageModel({ baseUrl, model: 'any', api: 'responses' });
  const request = { instructions: 'Be kind.', history: [], act: { kind: 'ask', template: 'Your name?' } };
  return all(llm.word(request, never))
    .then((pieces) => pieces.join(''))
    .finally(() => llm.close());
}

const text = (delta: unknown) => ({ type: 'response.output_text.delta', delta });
const completed = { type: 'response.completed' };

test('events of unknown kinds change nothing, and event names are not needed', async () => {
  const noise = { type: 'response.reasoning_summary_text.delta', delta: 'Let me think.' };
  expect(await worded([noise, text('Your '), noise, text('name?'), completed])).toBe('Your name?');
});

test.each([
  ['failed for want of quota', { error: { code: 'insufficient_quota' } }, 'refused'],
  ['failed within', { error: { code: 'server_error' } }, 'unavailable'],
  ['failed without a reason', { error: null }, 'unavailable'],
] as const)('a response that %s is %s', async (_what, response, kind) => {
  const failed = { type: 'response.failed', response };
  await expect(worded([text('Your '), failed])).rejects.toMatchObject({ stage: 'llm', kind });
});

test.each([
  [{ type: 'error', code: 'server_is_overloaded', message: 'no' }, 'unavailable'],
  [{ type: 'error', code: 'invalid_prompt', message: 'no' }, 'refused'],
  [{ type: 'error', error: { code: 'server_error', message: 'no' } }, 'unavailable'],
] as const)('the event %j is %s', async (event, kind) => {
  await expect(worded([text('Your '), event])).rejects.toMatchObject({ stage: 'llm', kind });
});

test.each([
  ['withheld by a filter', 'content_filter', 'refused'],
  ['cut at the token limit', 'max_output_tokens', 'garbage'],
  ['cut for no given reason', undefined, 'garbage'],
] as const)('an answer %s is not whole', async (_what, reason, kind) => {
  const incomplete = { type: 'response.incomplete', response: { incomplete_details: { reason } } };
  await expect(worded([text('Your '), incomplete])).rejects.toMatchObject({ stage: 'llm', kind });
});

test.each([[text(7)], [{ delta: 'no type' }], [[]]])('%j is garbage', async (event) => {
  await expect(worded([event, completed])).rejects.toMatchObject({ stage: 'llm', kind: 'garbage' });
});
