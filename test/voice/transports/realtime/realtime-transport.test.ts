import type { RealtimeConversationItemAssistantMessage } from 'openai/resources/realtime/realtime';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import WebSocket from 'ws';
import { createAgent } from '../../../../src/api/agent.js';
import { decodeAlaw, encodeAlaw } from '../../../../src/voice/audio/alaw.js';
import { decodeMulaw, encodeMulaw } from '../../../../src/voice/audio/mulaw.js';
import { samplesFromBytes } from '../../../../src/voice/audio/pcm.js';
import type { LanguageModel } from '../../../../src/voice/ports.js';
import { spare } from '../../../../src/voice/session/phrases.js';
import { eventually } from '../../../support/eventually.js';
import { firm } from '../../../domain/conversation.js';
import { rms, tone } from '../../audio/tones.js';
import { header, scriptedModel } from '../../session/support/line.js';
import { Exchange, MS_PER_CHAR } from '../support/exchange.js';
import { said } from '../support/tone-words.js';
import { RealtimeCaller } from './support/realtime-caller.js';
import { openRealtimeEdge, type RealtimeEdge } from './support/realtime-edge.js';

const GREETING = 'Hello, this is Acme Law.';
const greetingMs = GREETING.length * MS_PER_CHAR;
let edge: RealtimeEdge;

beforeEach(async () => {
  edge = await openRealtimeEdge();
});
afterEach(() => edge.close());

const update = (session: object) => ({ type: 'session.update', session: { type: 'realtime', ...session } });

/** A caller who has heard the greeting. */
async function greeted(token: string, session: object = {}): Promise<RealtimeCaller> {
  const caller = await RealtimeCaller.dial(edge, token);
  caller.send(update(session));
  await caller.next('response.done');
  return caller;
}

/** A caller who hears the greeting begin: half of its audio is there. */
async function midGreeting(token: string): Promise<RealtimeCaller> {
  const caller = await RealtimeCaller.dial(edge, token);
  caller.send(update({}));
  await caller.next('response.output_audio.delta', Math.floor(greetingMs / 20 / 2));
  return caller;
}

describe('a conversation of the official client', () => {
  test('is greeted, heard, answered in audio and words, and ended by the goodbye', async () => {
    const caller = await greeted('token-1');
    caller.say('I slipped', 700);
    const answer = await caller.next('response.done', 1);
    caller.say('bye', 700);
    expect(await caller.closed).toBe(1000);
    expect(edge.turns('token-1').map((t) => [t.role, t.text])).toEqual([
      ['agent', GREETING],
      ['caller', 'I slipped'],
      ['agent', 'You said I slipped.'],
      ['caller', 'bye'],
      ['agent', 'Goodbye.'],
    ]);
    expect(await edge.end('token-1')).toBe('agent_closed');
    expect(answer.response).toMatchObject({ status: 'completed', output_modalities: ['audio'] });
    const item = answer.response.output![0]!;
    expect(item).toMatchObject({
      role: 'assistant',
      content: [{ type: 'output_audio', transcript: 'You said I slipped.' }],
    });
    const audio = samplesFromBytes(caller.audioOf(item.id!));
    expect(Math.abs(audio.length / 24 - 19 * MS_PER_CHAR)).toBeLessThanOrEqual(20);
    expect(rms(audio)).toBeGreaterThan(500);
    const words = caller.all('response.output_audio_transcript.delta').map(({ delta }) => delta);
    expect(words.slice(1, -1).join('')).toBe('You said I slipped.');
  });

  test('that asks for a person ends with whom to call and what to tell them, once the words have been said', async () => {
    const token = 'token-9';
    const firmAgent = createAgent({ ...firm, telephone: '+15125550123' });
    const handing = await openRealtimeEdge({
      claim: () => Promise.resolve({ ok: true, agent: firmAgent, header }),
    });
    const caller = await RealtimeCaller.dial(handing, token);
    caller.send(update({ output_modalities: ['text'] }));
    const text = 'Yes. I need a divorce, let me talk to a real person.';
    const content = [{ type: 'input_text', text }];
    caller.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content } });
    caller.send({ type: 'response.create' });
    expect(await caller.closed).toBe(1000);
    await handing.close();
    const types = caller.events.map(({ type }): string => type);
    expect(types.at(-1)).toBe('hermes.transfer');
    expect(types.at(-2)).toBe('response.done');
    expect(caller.events.at(-1)).toMatchObject({
      to: '+15125550123',
      summary: 'A caller who gave no name, about a family matter, asks for a person.',
    });
  });

  test('is told in the order in which the API tells it', async () => {
    const caller = await greeted('token-1');
    caller.say('I slipped', 700);
    await caller.next('response.done', 1);
    const response = [
      'response.created',
      'response.output_item.added',
      'conversation.item.added',
      'response.content_part.added',
      'response.output_audio_transcript.delta',
      'response.output_audio.delta',
      'response.output_audio.done',
      'response.output_audio_transcript.done',
      'response.content_part.done',
      'response.output_item.done',
      'conversation.item.done',
      'response.done',
    ];
    expect(caller.story).toEqual([
      'session.created',
      'session.updated',
      ...response,
      'input_audio_buffer.speech_started',
      'input_audio_buffer.speech_stopped',
      'input_audio_buffer.committed',
      'conversation.item.added',
      'conversation.item.input_audio_transcription.completed',
      'conversation.item.done',
      ...response,
    ]);
    const ids = caller.events.map((event) => ('event_id' in event ? event.event_id : undefined));
    expect(new Set(ids).size).toBe(ids.length);
    const [greeting, heard, answer] = caller.all('conversation.item.added');
    expect([greeting!, heard!, answer!].map((event) => event.previous_item_id)).toEqual([
      null,
      greeting!.item.id,
      heard!.item.id,
    ]);
    const { audio_start_ms: from } = await caller.next('input_audio_buffer.speech_started');
    const { audio_end_ms: to } = await caller.next('input_audio_buffer.speech_stopped');
    expect(from).toBe(0);
    expect(to).toBeGreaterThan(400);
  });

  test.each([
    ['audio/pcmu', encodeMulaw, decodeMulaw],
    ['audio/pcma', encodeAlaw, decodeAlaw],
  ] as const)('is held in %s both ways', async (type, encode, decode) => {
    const audio = { input: { format: { type } }, output: { format: { type } } };
    const caller = await greeted('token-1', { audio });
    expect((await caller.next('session.updated')).session).toMatchObject({ audio });
    caller.say('on the stairs', 700, { rateHz: 8_000, encode });
    const { response } = await caller.next('response.done', 1);
    expect((await edge.turn('token-1', 3)).text).toBe('You said on the stairs.');
    const heard = decode(caller.audioOf(response.output![0]!.id!));
    expect(Math.abs(heard.length / 8 - 23 * MS_PER_CHAR)).toBeLessThanOrEqual(20);
    expect(rms(heard)).toBeGreaterThan(500);
  });

  test('is held in typed words too, and in text only when that is wanted', async () => {
    const caller = await greeted('token-1', { output_modalities: ['text'] });
    const content = [{ type: 'input_text', text: 'I fell' }];
    const item = { type: 'message', role: 'user', id: 'mine', content };
    caller.send({ type: 'conversation.item.create', item });
    caller.send({ type: 'response.create' });
    const { response } = await caller.next('response.done', 1);
    const said = [{ type: 'output_text', text: 'You said I fell.' }];
    expect(response).toMatchObject({ output_modalities: ['text'], output: [{ content: said }] });
    expect((await caller.next('conversation.item.done', 1)).item).toMatchObject({ id: 'mine', content });
    expect(await edge.turn('token-1', 2)).toMatchObject({ input: 'typed', text: 'I fell' });
    expect(caller.all('response.output_audio.delta')).toEqual([]);
    expect(caller.all('error')).toEqual([]);
  });

  test('is ended by the caller who hangs up, and may be taken up again when the line broke', async () => {
    const leaver = await greeted('token-1');
    leaver.hangUp();
    expect(await edge.end('token-1')).toBe('caller_hangup');
    const unlucky = await greeted('token-2');
    unlucky.socket.terminate();
    expect(await edge.end('token-2')).toBe('connection_lost');
  });
});

describe('a caller whose line breaks', () => {
  const breaks = async (caller: RealtimeCaller): Promise<void> => {
    caller.socket.terminate();
    await eventually(() => edge.registry.isAway(), { withinMs: 5_000, what: 'the loss is noticed' });
  };

  test('comes back with the same key, and both go on in mid-sentence', async () => {
    const first = await midGreeting('token-1');
    await breaks(first);
    const second = await greeted('token-1');
    expect(second.all('response.output_audio_transcript.done').at(-1)?.transcript).toBe(GREETING);
    const sentence = said('on the stairs', 1_000, 24_000);
    const middle = 24_000 * 0.2;
    second.speak(sentence.subarray(0, middle));
    await second.next('input_audio_buffer.speech_started');
    await breaks(second);
    const third = await RealtimeCaller.dial(edge, 'token-1');
    third.send(update({}));
    third.speak(sentence.subarray(middle));
    expect(await edge.turn('token-1', 3)).toMatchObject({ role: 'caller', text: 'on the stairs' });
    await third.next('response.done');
    expect(third.all('error')).toEqual([]);
    const facts = edge.journal('token-1').map(({ kind }) => kind);
    const break_ = ['connection_lost', 'connection_restored'];
    expect(facts).toEqual(['turn', ...break_, 'turn', ...break_, 'turn', 'turn']);
  });

  test('cannot be replaced by somebody else while on the line', async () => {
    const caller = await greeted('token-1');
    const thief = new WebSocket(`wss://127.0.0.1:${edge.port}/v1/realtime`, ['realtime'], {
      ca: edge.ca,
      headers: { authorization: 'Bearer token-1' },
    });
    const refusal = await new Promise<Error>((resolve) => thief.once('error', resolve));
    expect(refusal.message).toContain('401');
    caller.hangUp();
  });
});

describe('an interruption', () => {
  test('stops the agent, and keeps of its words what the client says was heard', async () => {
    const caller = await midGreeting('token-1');
    const { item_id } = caller.all('response.output_audio.delta')[0]!;
    caller.say('I slipped', 0);
    const { response } = await caller.next('response.done');
    const status_details = { type: 'cancelled', reason: 'turn_detected' };
    expect(response).toMatchObject({ status: 'cancelled', status_details });
    const story = caller.story;
    const started = story.indexOf('input_audio_buffer.speech_started');
    expect(started).toBeGreaterThan(0);
    expect(started).toBeLessThan(story.indexOf('response.output_audio.done'));
    const sent = caller.all('response.output_audio.delta').length;
    const audio_end_ms = 12 * MS_PER_CHAR;
    caller.send({ type: 'conversation.item.truncate', item_id, content_index: 0, audio_end_ms });
    await caller.next('conversation.item.truncated');
    caller.send({ type: 'conversation.item.retrieve', item_id });
    expect((await caller.next('conversation.item.retrieved')).item).toMatchObject({
      status: 'incomplete',
      content: [{ transcript: 'Hello, this' }],
    });
    caller.speak(new Int16Array(24 * 700));
    await caller.next('response.done', 1);
    expect(edge.turns('token-1').map((t) => t.text)).toEqual([
      'Hello, this',
      'I slipped',
      'You said I slipped.',
    ]);
    const first = caller.all('response.output_audio.delta').filter((event) => event.item_id === item_id);
    expect(first).toHaveLength(sent);
  });

  test('is none when the caller only says "mm-hm": the client is not told before it is certain', async () => {
    const caller = await midGreeting('token-1');
    caller.speak(said('I slipped', 0, 24_000).subarray(0, 24 * 200));
    caller.speak(new Int16Array(24 * 600));
    expect((await caller.next('response.done')).response.status).toBe('completed');
    expect(caller.story).not.toContain('input_audio_buffer.speech_started');
  });

  test('by request silences the agent, which waits for the caller then', async () => {
    const caller = await midGreeting('token-1');
    caller.send({ type: 'response.cancel' });
    const { response } = await caller.next('response.done');
    expect(response.status_details).toEqual({ type: 'cancelled', reason: 'client_cancelled' });
    caller.send({ type: 'response.cancel', event_id: 'again' });
    expect((await caller.next('error')).error).toMatchObject({
      code: 'response_cancel_not_active',
      event_id: 'again',
    });
    caller.say('I slipped', 700);
    expect((await caller.next('response.done', 1)).response.status).toBe('completed');
    expect(edge.turns('token-1')[0]!.text.length).toBeLessThan(GREETING.length);
  });
});

test('words said while an answer is slow are a response of their own, with their audio', async () => {
  await edge.close();
  const { deps } = new Exchange();
  const thinking: LanguageModel = {
    ...scriptedModel,
    async *word(request, signal) {
      if (request.act.kind !== 'greeting') await caller.next('response.done', 1);
      yield* scriptedModel.word(request, signal);
    },
  };
  edge = await openRealtimeEdge({
    call: {
      ...deps.call,
      providers: { ...deps.call.providers, llm: thinking },
      spare: { audioOf: () => tone(440, 0.2, 16_000) },
    },
    options: { ...deps.options, fillerMs: 100 },
  });
  const caller = await greeted('token-1');
  caller.say('I slipped', 700);
  const filler = await caller.next('response.done', 1);
  const { id, content } = filler.response.output![0] as RealtimeConversationItemAssistantMessage;
  expect(filler.response.status).toBe('completed');
  expect(spare.fillers).toContain(content[0]!.transcript);
  expect(samplesFromBytes(caller.audioOf(id!)).length).toBe(0.2 * 24_000);
  const answer = await caller.next('response.done', 2);
  expect(answer.response.output).toMatchObject([{ content: [{ transcript: 'You said I slipped.' }] }]);
  expect(caller.all('error')).toEqual([]);
});
