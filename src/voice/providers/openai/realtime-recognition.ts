/** One utterance recognised over a realtime transcription socket, while the caller is still speaking. */
import { bytesFromSamples } from '../../audio/pcm.js';
import { createResampler } from '../../audio/resampler.js';
import { ProviderError, SAMPLE_RATE_HZ, type Recognition } from '../../ports.js';
import { kindOf } from './failure.js';
import type { TranscriptionEvent } from './transcription-events.js';
import {
  API_SAMPLE_RATE_HZ,
  CONFIGURE_ID,
  TranscriptionSocket,
  type RealtimeOptions,
} from './transcription-socket.js';

const COMMIT_ID = 'commit';

/**
 * The socket belongs to this utterance alone: in a session that is used again, what one caller said may colour what the
 * model hears from the next. Connecting costs no time the caller notices, because the caller is speaking meanwhile.
 */
export class RealtimeRecognition implements Recognition {
  private readonly socket: TranscriptionSocket;
  private readonly resampler = createResampler(SAMPLE_RATE_HZ, API_SAMPLE_RATE_HZ);
  private committed = false;
  /** The item that our commit became, and transcripts by item; either may come first, and others' may come too. */
  private itemId: string | undefined;
  private readonly transcripts = new Map<string, string>();
  private open = true;
  private readonly outcome: Promise<string>;
  private resolve: (text: string) => void = () => undefined;
  private reject: (reason: unknown) => void = () => undefined;

  /** @param ended called once, when everything has been given back. */
  constructor(
    private readonly options: RealtimeOptions,
    private readonly ended: () => void,
  ) {
    this.outcome = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // A failure that comes before `finish` is kept for it.
    this.outcome.catch(() => undefined);
    this.socket = new TranscriptionSocket(options, {
      event: (event) => this.take(event),
      failed: (error) => this.end(error),
    });
  }

  push(frame: Int16Array): void {
    if (this.open && !this.committed) this.append(this.resampler.process(frame));
  }

  async finish(signal: AbortSignal): Promise<string> {
    const abort = () => this.end(signal.reason);
    const timer = setTimeout(() => {
      this.fail('timeout', `No transcript came within ${this.options.timeoutMs} ms of the last word.`);
    }, this.options.timeoutMs);
    signal.addEventListener('abort', abort, { once: true });
    try {
      signal.throwIfAborted();
      this.commit();
      return await this.outcome;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      this.cancel();
    }
  }

  cancel(): void {
    this.end(new DOMException('The recognition was cancelled.', 'AbortError'));
  }

  private append(samples: Int16Array): void {
    if (samples.length === 0) return;
    const { buffer, byteOffset, byteLength } = bytesFromSamples(samples);
    const audio = Buffer.from(buffer, byteOffset, byteLength).toString('base64');
    // Base64 needs no escaping, and this runs fifty times a second for every call.
    this.socket.send(`{"type":"input_audio_buffer.append","audio":"${audio}"}`);
  }

  private commit(): void {
    if (!this.open || this.committed) return;
    this.append(this.resampler.flush());
    this.committed = true;
    this.socket.send(`{"type":"input_audio_buffer.commit","event_id":"${COMMIT_ID}"}`);
  }

  private take(event: TranscriptionEvent): void {
    if (event.kind === 'committed') this.itemId ??= event.itemId;
    if (event.kind === 'completed') this.transcripts.set(event.itemId, event.transcript.trim());
    if (event.kind === 'failed' && event.itemId === this.itemId) {
      this.fail('garbage', `The server could not transcribe (${event.code}).`);
    }
    if (event.kind === 'error') this.takeError(event);
    const transcript = this.itemId === undefined ? undefined : this.transcripts.get(this.itemId);
    if (transcript !== undefined) this.resolve(transcript);
  }

  /** Most errors leave the session usable. Ours are the refused configuration, and any that answers our commit. */
  private takeError({ eventId, code, tooShort }: TranscriptionEvent & { kind: 'error' }): void {
    const unnamed = eventId === undefined && this.committed;
    if (eventId !== CONFIGURE_ID && eventId !== COMMIT_ID && !unnamed) return;
    if (tooShort) this.resolve('');
    else this.fail(kindOf(undefined, code), `The server refused (${code}).`);
  }

  private fail(kind: ProviderError['kind'], message: string): void {
    this.end(new ProviderError('stt', kind, message));
  }

  /** Gives everything back. The first outcome stands. */
  private end(reason: unknown): void {
    if (!this.open) return;
    this.open = false;
    this.reject(reason);
    this.resampler.close();
    this.socket.close();
    this.ended();
  }
}
