import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import WebSocket from 'ws';
import { createResampler, loadResampler } from '../../../src/voice/audio/resampler.js';
import { readTones } from '../../../standins/openai/tone-code/decode.js';
import { speakInTones } from '../../../standins/openai/tone-code/encode.js';
import { eventually } from '../../support/eventually.js';
import { apiKey, startOpenAi, type RunningOpenAi } from './running.js';

interface Event {
  type: string;
  item_id?: string;
  transcript?: string;
  delta?: string;
  error?: { code: string | null; event_id: string | null; message: string };
  session?: Record<string, unknown>;
  response?: Record<string, unknown>;
}

let openai: RunningOpenAi;
const sockets: WebSocket[] = [];

beforeAll(async () => {
  await loadResampler();
  openai = await startOpenAi();
});
beforeEach(() => openai.rest());
afterEach(() => sockets.splice(0).forEach((socket) => socket.terminate()));
afterAll(() => openai.close());

/** A raw client, so that the stand-in is not tested by what we built upon it. */
async function connect(query = 'intent=transcription') {
  const socket = new WebSocket(`${openai.wsUrl}/v1/realtime?${query}`, {
    headers: { authorization: `Bearer ${apiKey}` },
  });
  sockets.push(socket);
  const events: Event[] = [];
  socket.on('message', (data) => events.push(JSON.parse((data as Buffer).toString()) as Event));
  const named = (type: string) => events.filter((event) => event.type.endsWith(type));
  const arrived = (type: string, count = 1) =>
    eventually(() => named(type).length >= count && named(type), {
      withinMs: 2_000,
      what: `${count} × ${type}`,
    });
  const send = (event: object) => socket.send(JSON.stringify(event));
  const configure = async (input: object) => {
    send({ type: 'session.update', event_id: 'u', session: { type: 'transcription', audio: { input } } });
    return eventually(() => named('session.updated').at(-1) ?? named('error').at(-1), {
      withinMs: 2_000,
      what: 'an answer to the update',
    });
  };
  const append = (bytes: Buffer, pieceBytes = 960) => {
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      const audio = bytes.subarray(at, at + pieceBytes).toString('base64');
      send({ type: 'input_audio_buffer.append', audio });
    }
  };
  const commit = () => send({ type: 'input_audio_buffer.commit', event_id: 'c' });
  await arrived('session.created');
  return { events, named, arrived, send, configure, append, commit };
}

const bytesOf = (samples: Int16Array) => Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
const spoken = (text: string) => bytesOf(speakInTones(text, 24_000));
const live = { transcription: { model: 'gpt-live-transcribe' } };

describe('a live model', () => {
  test('sends words while audio arrives, and the transcript after the commit', async () => {
    const client = await connect();
    await client.configure(live);
    client.append(spoken('Good morning to you.'));
    await eventually(
      () =>
        client
          .named('.delta')
          .map(({ delta }) => delta)
          .join('') === 'Good morning to you.',
      {
        withinMs: 2_000,
        what: 'all words',
      },
    );
    expect(client.named('.completed')).toEqual([]);
    client.commit();
    const [completed] = await client.arrived('.completed');
    expect(completed).toMatchObject({ transcript: 'Good morning to you.', usage: { type: 'duration' } });
    await client.arrived('conversation.item.done');
    const after = client.events.slice(client.events.findIndex(({ type }) => type.endsWith('.committed')));
    expect(after.map(({ type }) => type)).toEqual([
      'input_audio_buffer.committed',
      'conversation.item.added',
      'conversation.item.input_audio_transcription.completed',
      'conversation.item.done',
    ]);
    expect(client.named('.delta')[0]!.item_id).toBe(completed!.item_id);
  });

  test('refuses server_vad, and stays usable', async () => {
    const client = await connect();
    const refused = await client.configure({ ...live, turn_detection: { type: 'server_vad' } });
    expect(refused).toMatchObject({ type: 'error', error: { event_id: 'u' } });
    client.send({ type: 'session.update', session: { type: 'transcription', audio: { input: live } } });
    await client.arrived('session.updated');
  });
});

describe('a model that hears whole turns', () => {
  test('detects the turn itself unless told not to, and sends words after it', async () => {
    const client = await connect();
    const updated = await client.configure({ transcription: { model: 'gpt-transcribe' } });
    expect(updated).toMatchObject({
      session: { audio: { input: { turn_detection: { type: 'server_vad', silence_duration_ms: 500 } } } },
    });
    client.append(Buffer.alloc(9_600));
    client.append(spoken('I need a lawyer.'));
    client.append(Buffer.alloc(24_000 * 2 * 0.6));
    const [completed] = await client.arrived('.completed');
    expect(completed).toMatchObject({ transcript: 'I need a lawyer.' });
    expect(client.events.map(({ type }) => type.split('.').slice(-1)[0])).toEqual(
      'created updated speech_started speech_stopped committed added delta delta delta delta completed done'.split(
        ' ',
      ),
    );
    expect(client.named('speech_stopped')[0]).toMatchObject({ audio_end_ms: 200 + 660 + 500 });
  });

  test('waits for the commit when turn detection is off', async () => {
    const client = await connect();
    await client.configure({ transcription: { model: 'whisper-1' }, turn_detection: null });
    client.append(spoken('Yes.'));
    client.append(Buffer.alloc(48_000));
    client.commit();
    expect(await client.arrived('.completed')).toMatchObject([{ transcript: 'Yes.' }]);
    expect(client.named('speech_started')).toEqual([]);
  });
});

describe('audio', () => {
  test('of less than 100 ms is not committed', async () => {
    const client = await connect();
    await client.configure(live);
    client.append(Buffer.alloc(24_000 * 2 * 0.09));
    client.commit();
    const [refused] = await client.arrived('error');
    expect(refused).toMatchObject({ error: { code: 'input_audio_buffer_commit_empty', event_id: 'c' } });
    expect(refused!.error!.message).toContain('at least 100ms');
  });

  test.each([
    ['audio/pcmu', (sample: number) => muLaw(sample)],
    ['audio/pcma', (sample: number) => aLaw(sample)],
  ])('may be %s at 8 kHz', async (type, encode) => {
    const client = await connect();
    await client.configure({ ...live, format: { type } });
    const resampler = createResampler(16_000, 8_000);
    const samples = [...resampler.process(speakInTones('By telephone.', 16_000)), ...resampler.flush()];
    client.append(Buffer.from(samples.map(encode)), 160);
    client.commit();
    expect(await client.arrived('.completed')).toMatchObject([{ transcript: 'By telephone.' }]);
  });

  test('may be cut inside a sample', async () => {
    const client = await connect();
    await client.configure(live);
    client.append(spoken('Odd bytes.'), 961);
    client.commit();
    expect(await client.arrived('.completed')).toMatchObject([{ transcript: 'Odd bytes.' }]);
  });

  test('that was cleared is forgotten, and other sound has the queued transcript', async () => {
    const client = await connect();
    await client.configure(live);
    await openai.control.transcripts('Queued.');
    client.append(spoken('Forget this.'));
    client.send({ type: 'input_audio_buffer.clear' });
    await client.arrived('cleared');
    client.append(Buffer.alloc(9_600));
    client.commit();
    expect(await client.arrived('.completed')).toMatchObject([{ transcript: 'Queued.' }]);
  });
});

test('completed events of two turns come in the wrong order when told to', async () => {
  await openai.control.configure({ swapCompletions: true });
  const client = await connect();
  await client.configure(live);
  for (const text of ['First.', 'Second.']) {
    client.append(spoken(text));
    client.commit();
  }
  const completed = await client.arrived('.completed', 2);
  expect(completed.map(({ transcript }) => transcript)).toEqual(['Second.', 'First.']);
  const committed = client.named('.committed').map(({ item_id }) => item_id);
  expect(completed.map(({ item_id }) => item_id)).toEqual(committed.reverse());
});

describe('the way in', () => {
  const statusOf = (query: string, key = apiKey) =>
    new Promise<number | undefined>((resolve) => {
      const socket = new WebSocket(`${openai.wsUrl}/v1/realtime?${query}`, {
        headers: { authorization: `Bearer ${key}` },
      });
      sockets.push(socket);
      socket.on('open', () => resolve(101));
      socket.on('unexpected-response', (request, response) => {
        resolve(response.statusCode);
        request.destroy();
      });
      socket.on('error', () => resolve(undefined));
    });

  test('is closed to a wrong key, and to scripted outages', async () => {
    expect(await statusOf('intent=transcription', 'sk-wrong')).toBe(401);
    await openai.control.fault({ match: { path: '/v1/realtime' }, effect: { kind: 'status', status: 503 } });
    expect(await statusOf('intent=transcription')).toBe(503);
    await openai.control.fault({ match: { path: '/v1/realtime' }, effect: { kind: 'cut' } });
    expect(await statusOf('intent=transcription')).toBeUndefined();
    expect(await statusOf('intent=transcription')).toBe(101);
    const { requests } = await openai.control.ledger();
    expect(requests.map(({ status }) => status)).toEqual([401, 503, 'cut', 101]);
  });

  test('hangs up on everybody when told to, and takes the next client', async () => {
    await connect();
    await connect();
    await openai.streamsBecome({ realtimeOpen: 2 });
    await openai.control.hangUp();
    await openai.streamsBecome({ realtimeOpen: 0 });
    expect(await statusOf('intent=transcription')).toBe(101);
  });

  test('with a model in the URL leads to a conversation, which takes no transcription update', async () => {
    const client = await connect('intent=transcription&model=gpt-live-transcribe');
    expect(await client.configure(live)).toMatchObject({ error: { code: 'invalid_model', event_id: 'u' } });
  });

  test('of a gateway needs the model in the URL', async () => {
    await openai.control.configure({ modelInUrl: 'required' });
    expect(await statusOf('intent=transcription')).toBe(400);
    const client = await connect('intent=transcription&model=gpt-live-transcribe');
    expect(await client.configure({ turn_detection: null })).toMatchObject({ type: 'session.updated' });
  });
});

test('hostile messages are answered with an error and the socket lives', async () => {
  const client = await connect();
  const socket = sockets[0]!;
  socket.send('not json');
  socket.send(Buffer.from([1, 2, 3]));
  client.send({ type: 'response.create' });
  client.send({ type: 'input_audio_buffer.append', audio: '§§' });
  const errors = await client.arrived('error', 4);
  expect(errors.map(({ error }) => error!.code)).toEqual(Array(4).fill('invalid_event'));
  expect(await client.configure(live)).toBeDefined();
});

/** G.711 by its defining formulas, slow and independent of the stand-in's tables. */
function muLaw(sample: number): number {
  const magnitude = Math.min(Math.abs(sample), 32_635) + 132;
  const exponent = Math.floor(Math.log2(magnitude)) - 7;
  const mantissa = (magnitude >> (exponent + 3)) & 15;
  return ~((sample < 0 ? 0x80 : 0) | (exponent << 4) | mantissa) & 0xff;
}

function aLaw(sample: number): number {
  const magnitude = Math.min(Math.abs(sample), 32_767) >> 4;
  const exponent = magnitude < 16 ? 0 : Math.floor(Math.log2(magnitude)) - 3;
  const mantissa = (exponent === 0 ? magnitude : magnitude >> (exponent - 1)) & 15;
  return ((sample < 0 ? 0 : 0x80) | (exponent << 4) | mantissa) ^ 0x55;
}

describe('a conversation', () => {
  const speak = (text: string) => ({
    type: 'response.create',
    event_id: 's',
    response: {
      conversation: 'none',
      output_modalities: ['audio'],
      input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text }] }],
    },
  });
  const voiced = (voice: string) => ({
    type: 'session.update',
    event_id: 'u',
    session: { type: 'realtime', audio: { output: { voice } } },
  });
  const soundIn = (client: Awaited<ReturnType<typeof connect>>) =>
    Buffer.concat(client.named('output_audio.delta').map(({ delta }) => Buffer.from(delta!, 'base64')));

  test('says the line marked SAY in tones, in the vendor’s order of events', async () => {
    const client = await connect('model=gpt-realtime-2.1-mini');
    client.send(voiced('cedar'));
    expect(await client.arrived('session.updated')).toMatchObject([
      { session: { type: 'realtime', audio: { output: { voice: 'cedar' } } } },
    ]);
    client.send(speak('SAY: Good day.'));
    await client.arrived('response.done');
    const kinds = client.events.map(({ type }) => type.replace('response.', ''));
    expect([...new Set(kinds)]).toEqual(
      'session.created session.updated created output_item.added content_part.added output_audio_transcript.delta output_audio.delta output_audio.done output_audio_transcript.done content_part.done output_item.done done'.split(
        ' ',
      ),
    );
    const bytes = soundIn(client);
    const samples = new Int16Array(new Uint8Array(bytes).buffer);
    expect(readTones(samples, 24_000)).toBe('Good day.');
  });

  test('speaks one response at a time, and stops when it is cancelled', async () => {
    await openai.control.configure({ speech: { gapMs: 100 } });
    const client = await connect('model=gpt-realtime-2.1-mini');
    client.send({ type: 'response.cancel', event_id: 'x' });
    expect(await client.arrived('error')).toMatchObject([
      { error: { code: 'response_cancel_not_active', event_id: 'x' } },
    ]);
    client.send(speak('SAY: This takes a long time to say.'));
    await client.arrived('output_audio.delta');
    client.send(speak('SAY: And this.'));
    const errors = await client.arrived('error', 2);
    expect(errors[1]).toMatchObject({ error: { code: 'conversation_already_has_active_response' } });
    client.send({ type: 'response.cancel' });
    expect(await client.arrived('response.done')).toMatchObject([{ response: { status: 'cancelled' } }]);
    expect(soundIn(client).length).toBeLessThan(24_000 * 2);
    client.send(speak('SAY: Now this.'));
    expect((await client.arrived('response.done', 2))[1]).toMatchObject({
      response: { status: 'completed' },
    });
  });

  test('refuses voices it has not, both modalities at once, and models that cannot speak', async () => {
    const client = await connect('model=gpt-6-luna');
    client.send(voiced('slt'));
    client.send({
      type: 'session.update',
      session: { type: 'realtime', output_modalities: ['audio', 'text'] },
    });
    client.send(speak('SAY: No.'));
    const errors = await client.arrived('error', 3);
    expect(errors.map(({ error }) => error!.code)).toEqual([
      'invalid_value',
      'invalid_value',
      'invalid_model',
    ]);
  });
});
