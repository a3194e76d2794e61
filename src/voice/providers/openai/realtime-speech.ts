/**
 * Speech from a realtime conversation model: text in, audio out. What hosted speech comes to when the models of
 * `/audio/speech` are gone.
 */
import { createSampleReader } from '../../audio/pcm.js';
import { createResampler } from '../../audio/resampler.js';
import { ProviderError, SAMPLE_RATE_HZ } from '../../ports.js';
import { kindOf } from './failure.js';
import { Feed } from './feed.js';
import { CONFIGURE_ID } from './realtime-socket.js';
import type { SpareSockets } from './spare-sockets.js';
import { readSpeechEvent, type SpeechEvent } from './speech-events.js';
import { SPEAK_ID, SPEECH_RATE_HZ, speakEvent } from './speech-session.js';
import { VerbatimCheck } from './verbatim.js';

export interface RealtimeVoice {
  sockets: SpareSockets;
  /** What is being spoken now, to be failed when the provider closes. */
  running: Set<Feed<string>>;
}

/**
 * Speaks one text. A socket that has spoken it to its end serves the next text too: nothing of a text stays in the
 * session. One that has not is closed, which is the only way to be sure that the model stops.
 * @throws ProviderError, or the signal's reason
 */
export async function* realtimeSpeech(
  { sockets, running }: RealtimeVoice,
  text: string,
  signal: AbortSignal,
): AsyncGenerator<Int16Array> {
  const sounds = new Feed<string>();
  const stop = (): void => sounds.fail(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  running.add(sounds);
  const check = new VerbatimCheck(text);
  const socket = sockets.take({
    ready: (generation) => socket.send(speakEvent(generation, text)),
    message: (message) => take(readSpeechEvent(message), sounds, check),
    failed: (error) => sounds.fail(error),
  });
  let whole = false;
  try {
    yield* atOurRate(sounds);
    whole = true;
  } finally {
    signal.removeEventListener('abort', stop);
    running.delete(sounds);
    if (whole) sockets.giveBack(socket);
    else {
      socket.close();
      sockets.prewarm();
    }
  }
}

function take(event: SpeechEvent, sounds: Feed<string>, check: VerbatimCheck): void {
  switch (event.kind) {
    case 'audio':
      if (event.delta !== '') sounds.push(event.delta);
      return;
    case 'transcript':
      if (!check.keepsTo(event.delta)) sounds.fail(failure('garbage', 'The voice says something else.'));
      return;
    case 'done':
      if (event.status === 'completed') sounds.end();
      else sounds.fail(unfinished(event.status, event.code));
      return;
    case 'error': {
      const ours = event.eventId === CONFIGURE_ID || event.eventId === SPEAK_ID;
      if (!ours && event.eventId !== undefined) return;
      sounds.fail(failure(kindOf(undefined, event.code), `The server refused (${event.code}).`));
      return;
    }
    case 'other':
      return;
  }
}

const failure = (kind: ProviderError['kind'], message: string): ProviderError =>
  new ProviderError('tts', kind, message);

function unfinished(status: string, code = 'no code'): ProviderError {
  const kind =
    code === 'content_filter' ? 'refused' : status === 'failed' ? kindOf(undefined, code) : 'garbage';
  return failure(kind, `The speech ended ${status} (${code}).`);
}

async function* atOurRate(sounds: AsyncIterable<string>): AsyncGenerator<Int16Array> {
  const resampler = createResampler(SPEECH_RATE_HZ, SAMPLE_RATE_HZ);
  const reader = createSampleReader();
  let heard = false;
  try {
    for await (const base64 of sounds) {
      const samples = resampler.process(reader.push(Buffer.from(base64, 'base64')));
      if (samples.length === 0) continue;
      heard = true;
      yield samples;
    }
    if (!heard) throw failure('garbage', 'The server sent no sound.');
    const tail = resampler.flush();
    if (tail.length > 0) yield tail;
  } finally {
    resampler.close();
  }
}
