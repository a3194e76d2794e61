import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { ApiError, parseRequest } from '../envelope.js';
import { assertModel } from '../models.js';
import type { Stand } from '../stand.js';
import { eventOf, eventStream, faultFor, flow, type Outflow } from '../stream.js';
import { speakInTones } from '../tone-code/encode.js';
import { wavHeader } from '../wav.js';
import { voices } from './voices.js';

/** The API's `pcm` is always mono, 24,000 samples a second. */
const RATE_HZ = 24_000;
/** Bytes of 40 ms, a usual size of chunk. */
const CHUNK_BYTES = 1_920;

const SpeechBody = z.looseObject({
  model: z.string(),
  input: z.string().min(1).max(4_096),
  voice: z.union([voices, z.looseObject({ id: z.string() })]),
  instructions: z.string().optional(),
  // The API defaults to mp3, which we do not make: a client of ours that forgets to say `pcm` shall notice.
  response_format: z.enum(['pcm', 'wav'], 'this stand-in makes pcm and wav only'),
  speed: z.number().min(0.25).max(4).default(1),
  stream_format: z.enum(['audio', 'sse']).default('audio'),
});
type SpeechRequest = z.output<typeof SpeechBody>;

/** `POST /v1/audio/speech`: the text in tones, as raw audio or as events. `speed` and `instructions` change nothing. */
export function speechRoutes(app: FastifyInstance, stand: Stand): void {
  app.post('/audio/speech', async (request, reply) => {
    const asked = parseSpeechRequest(request.body);
    const { model, input, voice, response_format: format } = asked;
    const audio = speakInTones(input, RATE_HZ);
    const id = randomUUID();
    const durationMs = (audio.length / RATE_HZ) * 1_000;
    stand.ledger.record('speech', id, 'created', { model, input, voice, format, durationMs });
    const fault = faultFor('speech', reply, stand);
    if (fault?.kind === 'garbage') return { detail: 'A proxy answered in the place of the speech server.' };
    const pcm = Buffer.from(audio.buffer, audio.byteOffset, audio.byteLength);
    const bytes = format === 'wav' ? Buffer.concat([wavHeader(RATE_HZ), pcm]) : pcm;
    await send(reply, stand, asked, { bytes, fault });
    return reply;
  });
}

function send(
  reply: FastifyReply,
  stand: Stand,
  asked: SpeechRequest,
  { bytes, fault }: { bytes: Buffer; fault: Outflow['fault'] },
): Promise<void> {
  const common = { pace: stand.settings.speech, fault };
  if (asked.stream_format === 'sse') {
    return flow(reply, stand, { ...eventStream, ...common, chunks: speechEvents(asked.input, bytes) });
  }
  const contentType = asked.response_format === 'wav' ? 'audio/wav' : 'audio/pcm';
  return flow(reply, stand, { ...common, contentType, chunks: chunksOf(bytes), garbage: '' });
}

function* chunksOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES);
}

function* speechEvents(input: string, bytes: Buffer): Generator<string> {
  for (const chunk of chunksOf(bytes)) {
    yield eventOf({ type: 'speech.audio.delta', audio: chunk.toString('base64') });
  }
  const inputTokens = Math.ceil(input.length / 4);
  // Some 20 tokens a second of sound.
  const outputTokens = Math.ceil((bytes.length / 2 / RATE_HZ) * 20);
  yield eventOf({
    type: 'speech.audio.done',
    usage: {
      input_tokens: inputTokens,
      output_tokens: outputTokens,
      total_tokens: inputTokens + outputTokens,
    },
  });
}

function parseSpeechRequest(body: unknown): SpeechRequest {
  const asked = parseRequest(SpeechBody, body);
  assertModel(asked.model, 'speech');
  if (asked.stream_format === 'sse' && asked.model.startsWith('tts-1')) {
    throw new ApiError(400, `stream_format 'sse' is not supported with ${asked.model}.`, 'stream_format');
  }
  return asked;
}
