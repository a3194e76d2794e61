/** Speech by `POST /audio/speech`, as raw PCM. */
import type OpenAI from 'openai';
import { createSampleReader } from '../../audio/pcm.js';
import { createResampler } from '../../audio/resampler.js';
import { ProviderError, SAMPLE_RATE_HZ } from '../../ports.js';

export interface HttpSpeechSettings {
  model: string;
  voice: string;
  /** Rate of the server's `pcm` format in hertz. */
  sampleRateHz: number;
}

/** Speaks one text. Gives up, upstream too, when the signal aborts. @throws ProviderError, APIError */
export async function* httpSpeech(
  client: OpenAI,
  options: HttpSpeechSettings,
  text: string,
  signal: AbortSignal,
): AsyncGenerator<Int16Array> {
  const response = await client.audio.speech.create(
    { model: options.model, voice: options.voice, input: text, response_format: 'pcm' },
    { signal },
  );
  const resampler = createResampler(options.sampleRateHz, SAMPLE_RATE_HZ);
  try {
    const reader = createSampleReader();
    let heard = false;
    for await (const bytes of rawPcm(response)) {
      const samples = resampler.process(reader.push(bytes));
      if (samples.length === 0) continue;
      heard = true;
      yield samples;
    }
    if (!heard) throw new ProviderError('tts', 'garbage', 'The server sent no sound.');
    const tail = resampler.flush();
    if (tail.length > 0) yield tail;
  } finally {
    resampler.close();
  }
}

/** Content types of raw PCM seen in the wild; anything else (mp3, wav, JSON, a proxy's page) would be played as noise. */
const RAW_PCM = /^(audio\/(pcm|l16|raw|x-raw)|application\/octet-stream)\b/i;

function rawPcm(response: Response): AsyncIterable<Uint8Array> {
  const type = response.headers.get('content-type') ?? 'application/octet-stream';
  if (RAW_PCM.test(type) && response.body) return response.body;
  throw new ProviderError('tts', 'garbage', `The server answered ${type} where raw PCM was asked for.`);
}
