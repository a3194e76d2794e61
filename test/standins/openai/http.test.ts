import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import OpenAI, { toFile } from 'openai';
import { apiKey, eventsIn, startOpenAi, type RunningOpenAi } from './running.js';

let openai: RunningOpenAi;
let client: OpenAI;

beforeAll(async () => {
  openai = await startOpenAi();
  client = new OpenAI({ baseURL: openai.baseUrl, apiKey, maxRetries: 0 });
});
beforeEach(() => openai.rest());
afterAll(() => openai.close());

const chat = (more: object = {}) => ({
  model: 'gpt-6-luna',
  messages: [{ role: 'user', content: 'Hello there.' }],
  ...more,
});

describe('every answer', () => {
  test('carries a request id and the rate limits, errors too', async () => {
    for (const response of [await openai.call('/models'), await openai.call('/models/none')]) {
      expect(response.headers.get('x-request-id')).toMatch(/^req_/);
      expect(response.headers.get('x-ratelimit-remaining-requests')).toBe('9999');
    }
  });

  test('needs the right key', async () => {
    const response = await openai.call('/models', undefined, {
      headers: { authorization: 'Bearer sk-wrong' },
    });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({
      error: { type: 'invalid_request_error', code: 'invalid_api_key' },
    });
  });

  test('to an unknown model is 404 model_not_found', async () => {
    const response = await openai.call('/chat/completions', chat({ model: 'gpt-2' }));
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { code: 'model_not_found' } });
  });

  test('wears the vendor’s shape when it is a scripted fault', async () => {
    await openai.control.fault({ effect: { kind: 'rate_limited', retryAfterSeconds: 7 } });
    const limited = await openai.call('/models');
    expect(limited.status).toBe(429);
    expect(limited.headers.get('retry-after')).toBe('7');
    expect(await limited.json()).toMatchObject({ error: { code: 'rate_limit_exceeded' } });
    await openai.control.fault({ effect: { kind: 'status', status: 503 } });
    expect(await (await openai.call('/models')).json()).toMatchObject({
      error: { code: 'server_is_overloaded' },
    });
  });
});

test('models say when they shut down', async () => {
  const models = await client.models.list();
  expect(models.data).toContainEqual(expect.objectContaining({ id: 'tts-1', shutdown_date: '2027-01-06' }));
  expect(await client.models.retrieve('gpt-6-luna')).toMatchObject({ shutdown_date: null });
});

describe('chat', () => {
  test('repeats the last line marked SAY, else the user', async () => {
    const system = { role: 'system', content: 'Be kind.\nSAY: What is your name?' };
    const said = await client.chat.completions.create(
      chat({ messages: [system, { role: 'user', content: 'Hi.' }] }) as never,
    );
    expect(said).toMatchObject({ choices: [{ message: { content: 'What is your name?' } }] });
    expect(await (await openai.call('/chat/completions', chat())).json()).toMatchObject({
      choices: [{ message: { content: 'Hello there.' }, finish_reason: 'stop' }],
    });
  });

  test('streams role, words, finish, usage, [DONE]', async () => {
    const body = chat({ stream: true, stream_options: { include_usage: true } });
    const response = await openai.call('/chat/completions', body);
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const events = eventsIn(await response.text());
    expect(events).toMatchObject([
      { choices: [{ delta: { role: 'assistant', content: '' }, finish_reason: null }], usage: null },
      { choices: [{ delta: { content: 'Hello ' } }] },
      { choices: [{ delta: { content: 'there.' } }] },
      { choices: [{ delta: {}, finish_reason: 'stop' }] },
      { choices: [], usage: { completion_tokens: 2 } },
      '[DONE]',
    ]);
  });

  test('stops at the allowed length and says so', async () => {
    const response = await openai.call('/chat/completions', chat({ max_completion_tokens: 1 }));
    expect(await response.json()).toMatchObject({
      choices: [{ message: { content: 'Hello ' }, finish_reason: 'length' }],
    });
  });

  test('calls the tool it is told to call, with arguments of the right shape, whole and in pieces', async () => {
    const parameters = { type: 'object', required: ['day'], properties: { day: { enum: ['monday'] } } };
    const body = chat({
      model: 'gpt-6-sol',
      tools: [{ type: 'function', function: { name: 'book', parameters } }],
      tool_choice: 'required',
    });
    const expected = [{ type: 'function', function: { name: 'book', arguments: '{"day":"monday"}' } }];
    expect(await (await openai.call('/chat/completions', body)).json()).toMatchObject({
      choices: [{ message: { content: null, tool_calls: expected }, finish_reason: 'tool_calls' }],
    });
    const stream = client.chat.completions.stream(body as never);
    expect((await stream.finalChatCompletion()).choices[0]!.message.tool_calls).toMatchObject(expected);
  });

  test('refuses gpt-6-luna tools while it reasons', async () => {
    const tools = [{ type: 'function', function: { name: 'book' } }];
    expect((await openai.call('/chat/completions', chat({ tools }))).status).toBe(400);
    expect((await openai.call('/chat/completions', chat({ tools, reasoning_effort: 'none' }))).status).toBe(
      200,
    );
  });

  test('answers a JSON schema with an object of that schema', async () => {
    const schema = { type: 'object', required: ['n'], properties: { n: { type: 'integer', minimum: 3 } } };
    const response_format = { type: 'json_schema', json_schema: { name: 'x', strict: true, schema } };
    expect(await (await openai.call('/chat/completions', chat({ response_format }))).json()).toMatchObject({
      choices: [{ message: { content: '{"n":3}' } }],
    });
  });

  test('says what was queued first, refusals and tool calls included', async () => {
    await openai.control.completions(
      'One.',
      { refusal: 'No.' },
      { toolCalls: [{ name: 'f', arguments: { a: 1 } }] },
    );
    const next = async () => (await openai.call('/chat/completions', chat())).json();
    expect(await next()).toMatchObject({ choices: [{ message: { content: 'One.', refusal: null } }] });
    expect(await next()).toMatchObject({ choices: [{ message: { content: null, refusal: 'No.' } }] });
    expect(await next()).toMatchObject({
      choices: [{ message: { tool_calls: [{ function: { name: 'f' } }] } }],
    });
    expect(await next()).toMatchObject({ choices: [{ message: { content: 'Hello there.' } }] });
  });

  test('names the field that is wrong', async () => {
    const response = await openai.call('/chat/completions', chat({ messages: [] }));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { param: 'messages' } });
  });
});

const speech = (more: object = {}) => ({
  model: 'gpt-4o-mini-tts',
  voice: 'alloy',
  input: 'Round trip.',
  response_format: 'pcm',
  ...more,
});
const upload = (file: File, fields: Record<string, string> = {}) => {
  const form = new FormData();
  form.set('file', file);
  for (const [name, value] of Object.entries({ model: 'gpt-transcribe', ...fields })) form.set(name, value);
  return form;
};

describe('speech and transcription', () => {
  test('pcm is 24 kHz without a header, in many chunks', async () => {
    const response = await openai.call('/audio/speech', speech());
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(response.headers.get('content-length')).toBeNull();
    expect(bytes.length).toBe((17 + 'Round trip.'.length) * 480 * 2);
  });

  test('events carry the same sound as the raw answer', async () => {
    const raw = Buffer.from(await (await openai.call('/audio/speech', speech())).arrayBuffer());
    const stream = await (await openai.call('/audio/speech', speech({ stream_format: 'sse' }))).text();
    const events = eventsIn(stream) as { type: string; audio?: string }[];
    expect(events.at(-1)).toMatchObject({ type: 'speech.audio.done', usage: { input_tokens: 3 } });
    const sound = events.map(({ audio }) => Buffer.from(audio ?? '', 'base64'));
    expect(Buffer.concat(sound).equals(raw)).toBe(true);
  });

  test.each([
    [{ voice: 'slt' }, 'voice'],
    [{ input: '' }, 'input'],
    [{ input: 'x'.repeat(4_097) }, 'input'],
    [{ speed: 9 }, 'speed'],
    [{ response_format: undefined }, 'response_format'],
    [{ model: 'tts-1', stream_format: 'sse' }, 'stream_format'],
    [{ model: 'gpt-6-luna' }, 'model'],
  ])('speech with %j is refused', async (wrong, param) => {
    const response = await openai.call('/audio/speech', speech(wrong));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { param } });
  });

  test('what one route says the other understands, in every format', async () => {
    const spoken = await openai.call('/audio/speech', speech({ response_format: 'wav' }));
    const wav = await toFile(Buffer.from(await spoken.arrayBuffer()), 'a.wav');
    const text = async (fields: Record<string, string>) =>
      (await openai.call('/audio/transcriptions', upload(wav, fields))).text();
    expect(JSON.parse(await text({}))).toMatchObject({ text: 'Round trip.', usage: { type: 'duration' } });
    expect(await text({ response_format: 'text' })).toBe('Round trip.\n');
    const verbose = await text({ response_format: 'verbose_json', model: 'whisper-1' });
    expect(JSON.parse(verbose)).toMatchObject({ words: [{ word: 'Round' }, { word: 'trip.' }] });
    expect(eventsIn(await text({ stream: 'true' }))).toMatchObject([
      { type: 'transcript.text.delta', delta: 'Round ' },
      { type: 'transcript.text.delta', delta: 'trip.' },
      { type: 'transcript.text.done', text: 'Round trip.' },
    ]);
  });

  test('other sound has the transcript that was queued for it, or none', async () => {
    await openai.control.transcripts('Queued words.');
    const mp3 = new File(['not ours'], 'a.mp3');
    const heard = async () => (await openai.call('/audio/transcriptions', upload(mp3))).json();
    expect(await heard()).toMatchObject({ text: 'Queued words.' });
    expect(await heard()).toMatchObject({ text: '' });
  });

  test.each([
    ['a.txt', {}, 'file'],
    ['a.mp3', { response_format: 'verbose_json' }, 'response_format'],
    ['a.mp3', { stream: 'true', model: 'whisper-1' }, 'stream'],
    ['a.mp3', { model: 'tts-1' }, 'model'],
  ])('transcription of %s with %j is refused', async (name, fields, param) => {
    const form = upload(new File(['x'], name), fields);
    const response = await openai.call('/audio/transcriptions', form);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { param } });
  });
});

describe('streams that go wrong', () => {
  test('are cut after the chunks that were ordered', async () => {
    await openai.control.streamFault({ route: 'chat', kind: 'cut', afterChunks: 2 });
    const response = await openai.call('/chat/completions', chat({ stream: true }));
    await expect(response.text()).rejects.toThrow();
    expect(await openai.control.streams()).toMatchObject({ broken: 1, finished: 0 });
  });

  test('stall alive, and count as aborted when the client goes', async () => {
    await openai.control.streamFault({ route: 'chat', kind: 'stall', afterChunks: 1 });
    const hangUp = new AbortController();
    const response = await openai.call('/chat/completions', chat({ stream: true }), {
      signal: hangUp.signal,
    });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let seen = '';
    while (!seen.includes(': keep-alive')) seen += (await reader.read()).value ?? '';
    expect(eventsIn(seen.replaceAll(': keep-alive\n\n', ''))).toHaveLength(1);
    expect(await openai.control.streams()).toMatchObject({ open: 1, aborted: 0 });
    hangUp.abort();
    await reader.cancel().catch(() => undefined);
    await openai.streamsBecome({ open: 0, aborted: 1 });
  });
});
