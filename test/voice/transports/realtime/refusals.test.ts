/** What a realtime client is told when it asks for what cannot be, and who gets no call at all. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import WebSocket from 'ws';
import { eventually } from '../../../support/eventually.js';
import { RealtimeCaller } from './support/realtime-caller.js';
import { openRealtimeEdge, type RealtimeEdge } from './support/realtime-edge.js';

let edge: RealtimeEdge;
beforeEach(async () => {
  edge = await openRealtimeEdge({ startTimeoutMs: 200 }, 2);
});
afterEach(() => edge.close());

/** @returns the problem an upgrade is refused with. */
async function refused(options: WebSocket.ClientOptions, protocols: string[] = []): Promise<object> {
  const url = `wss://127.0.0.1:${edge.port}/v1/realtime?model=any`;
  const socket = new WebSocket(url, protocols, { ca: edge.ca, ...options });
  socket.on('error', () => undefined);
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
  let body = '';
  for await (const chunk of response) body += String(chunk);
  return { status: response.statusCode, ...(JSON.parse(body) as object) };
}
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

describe('a handshake', () => {
  test('without a token that holds is refused in HTTP, with what to do', async () => {
    const wrong = { status: 401, code: 'unauthenticated', detail: expect.stringContaining('/voice/session') };
    expect(await refused({})).toMatchObject(wrong);
    expect(await refused(bearer('made-up'))).toMatchObject(wrong);
    expect(await refused({ headers: { authorization: 'Basic dG9rZW4tMTo=' } })).toMatchObject(wrong);
    await RealtimeCaller.dial(edge, 'token-1');
    const again = { detail: expect.stringContaining('already used') };
    expect(await refused(bearer('token-1'))).toMatchObject({ ...wrong, ...again });
  });

  test('is refused without using up the token when all lines are taken', async () => {
    const callers = [1, 2, 3].map((n) => RealtimeCaller.dial(edge, `token-${n}`));
    const [first] = await Promise.all(callers);
    expect(await refused(bearer('token-4'))).toMatchObject({ status: 503, code: 'overloaded' });
    first!.hangUp();
    await edge.end('token-1');
    await eventually(() => edge.registry.size === 2, { withinMs: 2_000, what: 'a free line' });
    await RealtimeCaller.dial(edge, 'token-4');
  });

  test('whose token cannot be checked, or not in time, is refused as our failure', async () => {
    expect(await refused(bearer('crash-1'))).toMatchObject({ status: 500, code: 'internal' });
    expect(await refused(bearer('slow-1'))).toMatchObject({ status: 500, code: 'internal' });
    expect(edge.logged.filter(({ level }) => level === 'error')).toHaveLength(2);
    expect(JSON.stringify(edge.logged)).not.toMatch(/crash-1|slow-1/);
  });

  test('of a browser carries the token in a subprotocol, and is answered in the other', async () => {
    const url = `wss://127.0.0.1:${edge.port}/v1/realtime`;
    const protocols = ['realtime', 'openai-insecure-api-key.token-1', 'openai-agents-sdk.x'];
    const socket = new WebSocket(url, protocols, { ca: edge.ca });
    const [data] = (await once(socket, 'message')) as [Buffer];
    expect(socket.protocol).toBe('realtime');
    expect(JSON.parse(data.toString())).toMatchObject({
      type: 'session.created',
      session: { model: 'hermes' },
    });
    expect(await refused({}, ['realtime', 'openai-insecure-api-key.token-1'])).toMatchObject({ status: 401 });
  });
});

const item = (change: object) => ({ type: 'conversation.item.create', item: { type: 'message', ...change } });
const typed = { role: 'user', content: [{ type: 'input_text', text: 'hello' }] };

describe('an event that cannot be done', () => {
  let caller: RealtimeCaller;
  beforeEach(async () => {
    caller = await RealtimeCaller.dial(edge, 'token-1');
    caller.send({ type: 'session.update', session: { type: 'realtime' } });
    await caller.next('response.done');
  });

  test.each([
    ['unknown_event', { type: 'transcription_session.update' }],
    ['unknown_event', { type: 'input_audio_buffer.dtmf' }],
    ['invalid_event', { no: 'type' }],
    ['invalid_value', { type: 'input_audio_buffer.append' }],
    ['invalid_value', { type: 'session.update', session: { type: 'transcription' } }],
    [
      'invalid_value',
      { type: 'session.update', session: { audio: { input: { format: { type: 'opus' } } } } },
    ],
    ['invalid_audio', { type: 'input_audio_buffer.append', audio: 'n@t base64' }],
    ['input_audio_buffer_commit_empty', { type: 'input_audio_buffer.commit' }],
    ['item_not_supported', item({ ...typed, role: 'system' })],
    ['item_not_supported', item({ role: 'user', content: [{ type: 'input_image' }] })],
    ['item_not_supported', { type: 'conversation.item.create', item: { type: 'function_call_output' } }],
    ['item_insert_not_supported', { ...item(typed), previous_item_id: 'root' }],
    ['item_not_found', { type: 'conversation.item.retrieve', item_id: 'nothing' }],
    ['item_not_found', { type: 'conversation.item.delete', item_id: 'nothing' }],
    [
      'item_not_found',
      { type: 'conversation.item.truncate', item_id: 'x', content_index: 0, audio_end_ms: 0 },
    ],
    ['response_cancel_not_active', { type: 'response.cancel' }],
    ['event_not_supported', { type: 'output_audio_buffer.clear' }],
  ])('is answered by %s with the id of the event, and the call goes on', async (code, event) => {
    caller.send({ ...event, event_id: 'mine' } as never);
    const { error } = await caller.next('error');
    expect(error).toMatchObject({ type: 'invalid_request_error', code, event_id: 'mine' });
    expect(error.message.length).toBeGreaterThan(20);
    caller.send(item(typed));
    expect((await caller.next('response.done', 1)).response.status).toBe('completed');
  });

  test('names the items it is about: the spoken ones can be read, not deleted, not told of too late', async () => {
    const { item: spoken } = await caller.next('conversation.item.done');
    const item_id = spoken.id ?? '';
    caller.send({ type: 'conversation.item.retrieve', item_id });
    expect((await caller.next('conversation.item.retrieved')).item).toEqual(spoken);
    caller.send({ type: 'conversation.item.delete', item_id });
    const truncate = { type: 'conversation.item.truncate', item_id, content_index: 0 };
    caller.send({ ...truncate, audio_end_ms: 20 });
    caller.send({ ...truncate, audio_end_ms: 60_000 });
    caller.send({ ...truncate, content_index: 1, audio_end_ms: 0 });
    await caller.next('error', 3);
    expect(caller.all('error').map(({ error }) => error.code)).toEqual([
      'item_delete_not_supported',
      'item_settled',
      'audio_end_out_of_range',
      'item_not_audio',
    ]);
  });

  test('is a second response for one turn', async () => {
    caller.send({ type: 'response.create' });
    caller.send({ type: 'response.create', event_id: 'twice' });
    expect((await caller.next('error')).error).toMatchObject({ code: 'response_not_due', event_id: 'twice' });
    caller.send(item(typed));
    caller.send({ type: 'response.create', response: { instructions: 'Be rude.' } });
    await caller.next('response.done', 1);
    expect((await caller.next('error', 1)).error).toMatchObject({
      code: 'response_setting_not_supported',
      param: 'response.instructions',
    });
  });

  test('ends the call when there were twenty of them that no honest client sends', async () => {
    caller.socket.send(Buffer.of(1, 2, 3));
    for (let n = 0; n < 25; n++) caller.socket.send('{');
    expect(await caller.closed).toBe(4400);
    const codes = caller.all('error').map(({ error }) => error.code);
    expect(codes).toEqual(['binary_message', ...Array<string>(19).fill('invalid_json'), 'too_many_errors']);
  });

  test('a flood of messages ends the call, and so does one that is too long', async () => {
    for (let n = 0; n < 8_000; n++) caller.send({ type: 'input_audio_buffer.append', audio: '' });
    expect(await caller.closed).toBe(4400);
    expect(caller.all('error').at(-1)?.error.code).toBe('too_many_messages');
    const talker = await RealtimeCaller.dial(edge, 'token-2');
    talker.send({ type: 'input_audio_buffer.append', audio: 'A'.repeat(3 * 1024 * 1024) });
    expect(await talker.closed).toBe(1009);
  });

  test('audio far faster than time is left out and told', async () => {
    const second = Buffer.alloc(48_000).toString('base64');
    for (let n = 0; n < 33; n++) caller.send({ type: 'input_audio_buffer.append', audio: second });
    expect((await caller.next('error')).error).toMatchObject({ code: 'input_audio_too_fast' });
  });
});

describe('a session as client libraries set it up', () => {
  const tools = [{ type: 'function', name: 'lookup', parameters: { type: 'object', properties: {} } }];
  const asked = {
    type: 'realtime',
    instructions: 'You are a pirate.',
    model: 'gpt-realtime-2.1',
    output_modalities: ['audio'],
    audio: {
      input: {
        format: { type: 'audio/pcm', rate: 24_000 },
        noise_reduction: null,
        transcription: { model: 'gpt-4o-mini-transcribe' },
        turn_detection: { type: 'semantic_vad' },
      },
      output: { format: { type: 'audio/pcmu' }, voice: 'marin', speed: 1 },
    },
    tool_choice: 'auto',
    tools,
  };

  test('holds where the firm leaves it to the caller, and is told path by path where not', async () => {
    const caller = await RealtimeCaller.dial(edge, 'token-1');
    caller.send({
      type: 'session.update',
      event_id: 'setup',
      session: { type: 'realtime', tracing: 'auto' },
    });
    caller.send({ type: 'session.update', event_id: 'setup', session: asked });
    const { session } = await caller.next('session.updated', 1);
    expect(session).toMatchObject({ tools: [], audio: { output: { format: { type: 'audio/pcmu' } } } });
    const params = (await caller.next('error', 1), caller.all('error')).map(({ error }) => {
      expect(error).toMatchObject({ code: 'setting_not_supported', event_id: 'setup' });
      return error.param?.split(', ').sort();
    });
    expect(params).toEqual([
      ['session.tracing'],
      [
        'session.audio.input.transcription.model',
        'session.audio.input.turn_detection.type',
        'session.audio.output.voice',
        'session.instructions',
        'session.tools',
      ],
    ]);
    expect((await caller.next('response.done')).response.status).toBe('completed');
    expect(caller.all('error')).toHaveLength(2);
  });

  test('may set the pause that ends a turn, within limits', async () => {
    const caller = await RealtimeCaller.dial(edge, 'token-1');
    const detection = (silence_duration_ms: number) => ({
      type: 'session.update',
      session: {
        audio: { input: { turn_detection: { type: 'server_vad', threshold: 0.5, silence_duration_ms } } },
      },
    });
    caller.send(detection(1_200));
    expect((await caller.next('session.updated')).session).toMatchObject({
      audio: { input: { turn_detection: { silence_duration_ms: 1_200 } } },
    });
    caller.send(detection(20));
    const { error } = await caller.next('error');
    expect(error.param).toBe('session.audio.input.turn_detection.silence_duration_ms');
    await caller.next('response.done');
    caller.say('I slipped', 1_000);
    await caller.next('input_audio_buffer.speech_started');
    caller.send({ type: 'conversation.item.retrieve', item_id: 'nothing' });
    await caller.next('error', 1);
    expect(caller.story).not.toContain('input_audio_buffer.speech_stopped');
    caller.speak(new Int16Array(24 * 400));
    await caller.next('input_audio_buffer.speech_stopped');
  });

  test('without a word from the client the agent greets all the same', async () => {
    const caller = await RealtimeCaller.dial(edge, 'token-1');
    expect((await caller.next('response.done')).response.status).toBe('completed');
  });
});

test('a client that commits by itself is answered at once, whatever silence is still to come', async () => {
  const caller = await RealtimeCaller.dial(edge, 'token-1');
  caller.send({ type: 'session.update', session: { type: 'realtime' } });
  await caller.next('response.done');
  caller.send({ type: 'input_audio_buffer.clear' });
  await caller.next('input_audio_buffer.cleared');
  caller.say('I slipped', 0);
  caller.send({ type: 'input_audio_buffer.clear' });
  expect((await caller.next('error')).error.code).toBe('input_audio_buffer_clear_too_late');
  caller.send({ type: 'input_audio_buffer.commit' });
  caller.send({ type: 'response.create' });
  await caller.next('response.done', 1);
  expect(edge.turns('token-1').map((t) => t.text)).toContain('I slipped');
  expect(caller.all('error')).toHaveLength(1);
});
