import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { ApiError } from '../envelope.js';
import type { Stand } from '../stand.js';
import { eventOf, eventStream, faultFor, flow, wait } from '../stream.js';
import { readTones } from '../tone-code/decode.js';
import { readWav } from '../wav.js';
import { parseTranscriptionForm } from './form.js';

const MIN_AUDIO_SECONDS = 0.1;
/** Uploads may have 25 MiB; the form around them is small. */
const BODY_LIMIT_BYTES = 26 * 1024 * 1024;

/** `POST /v1/audio/transcriptions`: JSON, text, verbose JSON or events. */
export function transcriptionRoutes(app: FastifyInstance, stand: Stand): void {
  app.addContentTypeParser(
    'multipart/form-data',
    { parseAs: 'buffer', bodyLimit: BODY_LIMIT_BYTES },
    (_request, body, done) => done(null, body),
  );
  app.post('/audio/transcriptions', async (request, reply) => {
    if (!Buffer.isBuffer(request.body)) throw new ApiError(415, 'Expected multipart/form-data.');
    const asked = await parseTranscriptionForm(request.body, request.headers['content-type'] ?? '');
    const { text, seconds } = hear(asked.file, stand);
    const id = randomUUID();
    stand.ledger.record('transcription', id, 'created', {
      model: asked.model,
      text,
      durationMs: seconds * 1_000,
    });
    const usage = { type: 'duration', seconds: Math.ceil(seconds) };
    if (asked.stream) {
      await flow(reply, stand, {
        ...eventStream,
        chunks: transcriptEvents(text, usage),
        pace: { ...stand.settings.transcript, gapMs: 0 },
        fault: faultFor('transcriptions', reply, stand),
      });
      return reply;
    }
    await wait(stand.settings.transcript, undefined);
    if (asked.response_format === 'text') return reply.type('text/plain; charset=utf-8').send(`${text}\n`);
    if (asked.response_format === 'json') return { text, usage };
    return verbose(text, asked.language ?? 'english', seconds, usage);
  });
}

/** @throws ApiError 400 when a WAV file holds less than a tenth of a second. */
function hear(file: Buffer, stand: Stand): { text: string; seconds: number } {
  const wav = readWav(file);
  if (!wav) return { text: stand.script.nextTranscript(), seconds: 0 };
  const seconds = wav.samples.length / wav.rateHz;
  if (seconds < MIN_AUDIO_SECONDS) {
    const message = `Audio file is too short. Minimum audio length is ${MIN_AUDIO_SECONDS} seconds.`;
    throw new ApiError(400, message, 'file', 'audio_too_short');
  }
  return { text: readTones(wav.samples, wav.rateHz) || stand.script.nextTranscript(), seconds };
}

function* transcriptEvents(text: string, usage: object): Generator<string> {
  for (const delta of text.match(/\S+\s*/g) ?? []) yield eventOf({ type: 'transcript.text.delta', delta });
  yield eventOf({ type: 'transcript.text.done', text, usage });
}

/** One segment and evenly spread words: enough for a reader of the shape, no claim about real timing. */
function verbose(text: string, language: string, seconds: number, usage: object): object {
  const words = text.split(/\s+/).filter(Boolean);
  const step = words.length > 0 ? seconds / words.length : 0;
  return {
    task: 'transcribe',
    language,
    duration: seconds,
    text,
    segments:
      text === ''
        ? []
        : [{ id: 0, seek: 0, start: 0, end: seconds, text, temperature: 0, avg_logprob: -0.1 }],
    words: words.map((word, at) => ({ word, start: at * step, end: (at + 1) * step })),
    usage,
  };
}
