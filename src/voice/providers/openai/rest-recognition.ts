/** One utterance recognised in one request, sent when the caller has finished. */
import type OpenAI from 'openai';
import { APIError } from 'openai';
import { z } from 'zod';
import { concatSamples } from '../../audio/pcm.js';
import { writeWav } from '../../audio/wav.js';
import { ProviderError, type Recognition } from '../../ports.js';
import { withinLimits } from './limits.js';

export interface RestOptions {
  model: string;
  /** ISO 639-1; undefined lets the model guess. */
  language: string | undefined;
  /** Longest wait for the transcript, in milliseconds. */
  timeoutMs: number;
}

/** Ten minutes: 19 MB of the 25 MB an upload may have. What a caller adds to that without a pause is not heard. */
const MAX_FRAMES = 30_000;

const Transcript = z.object({ text: z.string() });

/** Keeps the frames until `finish`. */
export class RestRecognition implements Recognition {
  private frames: Int16Array[] = [];
  private readonly cancelled = new AbortController();

  constructor(
    private readonly client: OpenAI,
    private readonly options: RestOptions,
  ) {}

  push(frame: Int16Array): void {
    if (this.frames.length < MAX_FRAMES && !this.cancelled.signal.aborted) this.frames.push(frame);
  }

  async finish(signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    const abort = () => this.cancelled.abort(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    const { timeoutMs } = this.options;
    const limits = { firstMs: timeoutMs, stallMs: timeoutMs };
    try {
      const open = (upstream: AbortSignal) => this.transcribe(upstream);
      for await (const text of withinLimits('stt', open, limits, this.cancelled.signal)) return text;
      return '';
    } finally {
      signal.removeEventListener('abort', abort);
      this.cancel();
    }
  }

  cancel(): void {
    this.frames = [];
    this.cancelled.abort();
  }

  private async *transcribe(signal: AbortSignal): AsyncGenerator<string> {
    if (this.frames.length === 0) return;
    const { body, type } = await this.upload();
    try {
      const answer = await this.client.post('/audio/transcriptions', {
        body,
        headers: { 'content-type': type },
        signal,
      });
      const transcript = Transcript.safeParse(answer);
      if (!transcript.success) throw new ProviderError('stt', 'garbage', 'The server sent no transcript.');
      yield transcript.data.text.trim();
    } catch (error) {
      // Less than 100 ms: nobody says anything in that time.
      if (!(error instanceof APIError && error.code === 'audio_too_short')) throw error;
    }
  }

  /** The form as bytes: Node's FormData and the pool's fetch are of different makes and do not know each other. */
  private async upload(): Promise<{ body: Uint8Array; type: string }> {
    const form = new FormData();
    const wav = writeWav(concatSamples(this.frames));
    form.set('file', new Blob([wav.slice()], { type: 'audio/wav' }), 'utterance.wav');
    form.set('model', this.options.model);
    form.set('response_format', 'json');
    if (this.options.language !== undefined) form.set('language', this.options.language);
    const encoded = new Response(form);
    const type = encoded.headers.get('content-type') ?? 'multipart/form-data';
    return { body: new Uint8Array(await encoded.arrayBuffer()), type };
  }
}
