/** One socket to a realtime transcription server, configured for utterances that we end ourselves. */
import WebSocket from 'ws';
import { ProviderError } from '../../ports.js';
import { kindOf, toProviderError } from './failure.js';
import { readTranscriptionEvent, type Generation, type TranscriptionEvent } from './transcription-events.js';

export interface RealtimeOptions {
  /** `ws:` or `wss:` URL with its query. */
  url: string;
  apiKey: string | undefined;
  model: string;
  /** ISO 639-1; undefined lets the model guess. */
  language: string | undefined;
  /** Longest wait for the server's first word, and again for the transcript after `finish`, in milliseconds. */
  timeoutMs: number;
}

export interface SocketListener {
  /** Anything after the server's greeting. */
  event(event: TranscriptionEvent): void;
  /** The socket is of no more use. Called at most once, and never after `close`. */
  failed(error: ProviderError): void;
}

/** The API takes 24,000 Hz only for linear PCM. */
export const API_SAMPLE_RATE_HZ = 24_000;
/** `event_id` of our configuration: what an error that refuses it refers to. */
export const CONFIGURE_ID = 'configure';
/** Events are small; a server that sends more than this is not one of ours. */
const MAX_MESSAGE_BYTES = 1024 * 1024;
/** About 20 s of audio that the server has not read: it will not catch up before the caller has lost patience. */
const MAX_UNREAD_BYTES = 1_300_000;

export class TranscriptionSocket {
  private readonly socket: WebSocket;
  /** Messages that wait for the server's greeting; null once it has come. */
  private waiting: string[] | null = [];
  private readonly greetingTimer: NodeJS.Timeout;
  private closed = false;

  constructor(
    private readonly options: RealtimeOptions,
    private readonly listener: SocketListener,
  ) {
    const { apiKey, timeoutMs, url } = options;
    this.socket = new WebSocket(url, {
      headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` },
      maxPayload: MAX_MESSAGE_BYTES,
      perMessageDeflate: false,
    });
    this.greetingTimer = setTimeout(() => {
      this.fail('timeout', `The server did not greet within ${timeoutMs} ms.`);
    }, timeoutMs);
    this.socket.on('unexpected-response', (request, response) => {
      const status = response.statusCode ?? 0;
      request.destroy();
      this.fail(kindOf(status, 'no code'), `The server answered the upgrade with ${status}.`);
    });
    this.socket.on('message', (data, isBinary) => {
      if (isBinary) this.fail('garbage', 'The server sent binary data.');
      else this.receive((data as Buffer).toString());
    });
    this.socket.on('error', (error) => this.failWith(toProviderError('stt', error)));
    this.socket.on('close', () => this.fail('unavailable', 'The server closed the socket.'));
  }

  /** Sends an event, at once or after the server's greeting. */
  send(message: string): void {
    if (this.waiting) this.waiting.push(message);
    else if (this.socket.readyState === WebSocket.OPEN) this.socket.send(message);
    if (this.socket.bufferedAmount > MAX_UNREAD_BYTES) {
      this.fail('unavailable', 'The server reads too slowly.');
    }
  }

  /** Closes without a farewell, which would only keep the socket open until the server says its own. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.waiting = [];
    clearTimeout(this.greetingTimer);
    this.socket.terminate();
  }

  private receive(message: string): void {
    if (this.closed) return;
    try {
      const event = readTranscriptionEvent(message);
      if (event.kind === 'created') this.configure(event.generation, event.updateType);
      else this.listener.event(event);
    } catch (error) {
      const text = 'The server sent an event of another shape.';
      this.failWith(new ProviderError('stt', 'garbage', text, { cause: error }));
    }
  }

  /** Says what we want, then what the caller has said while we connected. */
  private configure(generation: Generation, updateType: string): void {
    clearTimeout(this.greetingTimer);
    const messages = this.waiting ?? [];
    this.waiting = null;
    const session = sessionFor(generation, this.options);
    this.send(JSON.stringify({ type: updateType, event_id: CONFIGURE_ID, session }));
    for (const message of messages) this.send(message);
  }

  private fail(kind: ProviderError['kind'], message: string): void {
    this.failWith(new ProviderError('stt', kind, message));
  }

  private failWith(error: ProviderError): void {
    if (this.closed) return;
    this.close();
    this.listener.failed(error);
  }
}

/** Turn detection is off: the utterance ends by our commit, not by the server's ears. */
function sessionFor(generation: Generation, { model, language }: RealtimeOptions): object {
  const transcription = { model, ...(language === undefined ? {} : { language }) };
  // Servers of the beta generation object to `input_audio_format`; its one value is ours anyway.
  if (generation === 'beta') return { input_audio_transcription: transcription, turn_detection: null };
  const format = { type: 'audio/pcm', rate: API_SAMPLE_RATE_HZ };
  return { type: 'transcription', audio: { input: { format, transcription, turn_detection: null } } };
}
