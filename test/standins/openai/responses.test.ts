import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import OpenAI from 'openai';
import { apiKey, startOpenAi, type RunningOpenAi } from './running.js';

let openai: RunningOpenAi;
let client: OpenAI;
beforeAll(async () => {
  openai = await startOpenAi();
  client = new OpenAI({ baseURL: openai.baseUrl, apiKey, maxRetries: 0 });
});
beforeEach(() => openai.rest());
afterAll(() => openai.close());

const model = 'gpt-6-luna';

/** The events as they come over the wire: names, and what is in them. */
async function streamed(body: object) {
  const response = await openai.call('/responses', { model, stream: true, ...body });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const lines = (await response.text()).split('\n\n').filter((event) => event !== '');
  return lines.map((event) => {
    const [name, data] = event.split('\n');
    return {
      name: name!.slice('event: '.length),
      data: JSON.parse(data!.slice('data: '.length)) as Record<string, unknown>,
    };
  });
}

test('a text is streamed in the vendor’s order of events, named and numbered', async () => {
  const events = await streamed({ instructions: 'SAY: Your name?', input: 'Hi.' });
  expect(events.map(({ name }) => name.replace('response.', ''))).toEqual(
    'created in_progress output_item.added content_part.added output_text.delta output_text.delta output_text.done content_part.done output_item.done completed'.split(
      ' ',
    ),
  );
  expect(events.map(({ data }) => data['sequence_number'])).toEqual(events.map((_event, at) => at));
  expect(events.every(({ name, data }) => data['type'] === name)).toBe(true);
  expect(events.at(-1)?.data).toMatchObject({
    response: {
      status: 'completed',
      output: [{ type: 'message', content: [{ type: 'output_text', text: 'Your name?' }] }],
      usage: { output_tokens: 2 },
    },
  });
});

test('the vendor’s client understands it, whole and streamed', async () => {
  const whole = await client.responses.create({ model, input: [{ role: 'user', content: 'Say this.' }] });
  expect(whole.output_text).toBe('Say this.');
  const stream = client.responses.stream({ model, input: 'And this.' });
  expect((await stream.finalResponse()).output_text).toBe('And this.');
});

test('a tool call comes in pieces, and a JSON schema is followed', async () => {
  const parameters = { type: 'object', required: ['day'], properties: { day: { enum: ['monday'] } } };
  const tools = [{ type: 'function' as const, name: 'book', parameters, strict: true }];
  const stream = client.responses.stream({ model, input: 'Hi.', tools, tool_choice: 'required' });
  expect((await stream.finalResponse()).output).toMatchObject([
    { type: 'function_call', name: 'book', arguments: '{"day":"monday"}' },
  ]);
  const schema = { type: 'object', required: ['n'], properties: { n: { type: 'integer', minimum: 3 } } };
  const text = { format: { type: 'json_schema' as const, name: 'x', strict: true, schema } };
  expect((await client.responses.create({ model, input: 'Hi.', text })).output_text).toBe('{"n":3}');
});

test('what is cut at the limit is incomplete, a refusal is told as one', async () => {
  await openai.control.completions('word '.repeat(40), { refusal: 'No.' });
  const cut = await streamed({ input: 'Hi.', max_output_tokens: 16 });
  expect(cut.at(-1)).toMatchObject({
    name: 'response.incomplete',
    data: { response: { incomplete_details: { reason: 'max_output_tokens' } } },
  });
  const refused = await streamed({ input: 'Hi.' });
  expect(refused.map(({ name }) => name)).toContain('response.refusal.done');
});

test('a prewarmed prompt is answered with nothing and uses up no scripted answer', async () => {
  await openai.control.completions('Kept.');
  const body = { model, instructions: 'Be kind.', prompt_cache_options: { prewarm: true } };
  expect(await (await openai.call('/responses', body)).json()).toMatchObject({ output: [] });
  expect(await (await openai.call('/responses', { model, input: 'Hi.' })).json()).toMatchObject({
    output: [{ content: [{ text: 'Kept.' }] }],
  });
});

test.each([
  [{ model: 'gpt-2', input: 'x' }, 404, 'model_not_found'],
  [{ model, input: 'x', previous_response_id: 'resp_1' }, 404, 'previous_response_not_found'],
  [{ model, input: 'x', reasoning: { effort: 'much' } }, 400, null],
  [{ model, input: [{ role: 'nobody', content: 'x' }] }, 400, null],
] as const)('%j is refused', async (body, status, code) => {
  const response = await openai.call('/responses', body);
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error', code } });
});

test.each(['cut', 'garbage', 'end', 'stall'] as const)('a stream may end in %s', async (kind) => {
  await openai.control.streamFault({ route: 'responses', kind, afterChunks: 5 });
  const hangUp = new AbortController();
  const response = await openai.call(
    '/responses',
    { model, stream: true, input: 'Hi.' },
    { signal: hangUp.signal },
  );
  if (kind === 'stall') {
    const reader = response.body!.getReader();
    let text = '';
    while (!text.includes(': keep-alive')) {
      const { value } = (await reader.read()) as { value?: Uint8Array };
      text += new TextDecoder().decode(value);
    }
    expect(text).not.toContain('response.completed');
    hangUp.abort();
    await openai.streamsBecome({ open: 0, aborted: 1 });
    return;
  }
  const text = await response.text().catch(() => 'cut');
  expect(text).not.toContain('response.completed');
  await openai.streamsBecome({ open: 0, broken: 1 });
});
