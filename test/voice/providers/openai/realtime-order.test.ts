import { afterEach, beforeAll, expect, test } from '@jest/globals';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { WebSocketServer, type WebSocket } from 'ws';
import { createOpenAiSpeechToText } from '../../../../src/voice/providers/openai/speech-to-text.js';
import { loadResampler } from '../../../../src/voice/audio/resampler.js';
import { never, pause } from './support.js';

/** A server that answers the commit with exactly these events: orders that no well-behaved stand-in would send. */
async function recognised(answers: object[], greeting: object = { session: { audio: {} } }): Promise<string> {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  server.on('connection', (socket: WebSocket) => {
    const send = (event: object) => socket.send(JSON.stringify(event));
    send({ type: 'session.created', ...greeting });
    socket.on('message', (data) => {
      const { type } = JSON.parse((data as Buffer).toString()) as { type: string };
      received.push(type);
      if (type === 'input_audio_buffer.commit') answers.forEach(send);
    });
  });
  const { port } = server.address() as AddressInfo;
  const baseUrl = `http://127.0.0.1:${port}/v1`;
  const stt = await createOpenAiSpeechToText({ baseUrl, model: 'any', timeoutMs: 500 });
  const recognition = stt.start();
  pause(recognition, 10);
  return recognition.finish(never).finally(() => stt.close());
}

let server: WebSocketServer | undefined;
const received: string[] = [];
beforeAll(() => loadResampler());
afterEach(() => {
  received.length = 0;
  for (const socket of server?.clients ?? []) socket.terminate();
  server?.close();
});

const committed = (item_id: string) => ({ type: 'input_audio_buffer.committed', item_id });
const completed = (item_id: string, transcript: string) => ({
  type: 'conversation.item.input_audio_transcription.completed',
  item_id,
  transcript,
});

test('the transcript of another item is not taken for ours', async () => {
  const answers = [completed('other', 'Not ours.'), committed('ours'), completed('other', 'Nor this.')];
  expect(await recognised([...answers, completed('ours', ' Ours. ')])).toBe('Ours.');
});

test('a transcript that comes before its item is announced is taken', async () => {
  expect(await recognised([completed('ours', 'Ours.'), committed('ours')])).toBe('Ours.');
});

test('unknown events, and errors that are not about us, change nothing', async () => {
  const noise = [
    { type: 'rate_limits.updated', rate_limits: [] },
    { type: 'error', error: { type: 'invalid_request_error', code: 'x', message: 'y', event_id: 'someone' } },
  ];
  expect(await recognised([...noise, committed('ours'), ...noise, completed('ours', 'Ours.')])).toBe('Ours.');
  expect(received[0]).toBe('session.update');
});

test('a failed transcription is garbage; one of another item is none of our business', async () => {
  const failed = (item_id: string) => ({
    type: 'conversation.item.input_audio_transcription.failed',
    item_id,
    error: { type: 'server_error', code: 'audio_unintelligible', message: 'no' },
  });
  expect(await recognised([committed('ours'), failed('other'), completed('ours', 'Ours.')])).toBe('Ours.');
  server?.close();
  await expect(recognised([committed('ours'), failed('ours')])).rejects.toMatchObject({ kind: 'garbage' });
});

test('an older server’s “buffer too small” means that nothing was said', async () => {
  const error = { type: 'invalid_request_error', message: 'Error committing: buffer too small.' };
  expect(await recognised([{ type: 'error', error }], { session: { turn_detection: null } })).toBe('');
});

test('a server that greets with an error is refused for good, or asked again, by what it says', async () => {
  const greeting = (code: string) => ({ type: 'error', error: { type: 'invalid_request_error', code } });
  await expect(recognised([], greeting('model_not_found'))).rejects.toMatchObject({ kind: 'refused' });
  server?.close();
  await expect(recognised([], greeting('server_is_overloaded'))).rejects.toMatchObject({
    kind: 'unavailable',
  });
});
