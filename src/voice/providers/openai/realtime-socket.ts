/** One socket to a realtime server, from the upgrade over the server's greeting to its end. */
import WebSocket from 'ws';
import { ProviderError } from '../../ports.js';
import { kindOf, toProviderError } from './failure.js';
import { readGreeting, type Generation } from './realtime-greeting.js';

export interface RealtimeSocketOptions {
  stage: 'stt' | 'tts';
  /** `ws:` or `wss:` URL with its query. */
  url: string;
  apiKey: string | undefined;
  /** Longest wait for the server's first word, in milliseconds. */
  timeoutMs: number;
  /** The session that we ask for as soon as the server has shown its generation. */
  session: (generation: Generation) => object;
}

/** Who the socket works for. */
export interface SocketListener {
  /** The server has greeted and been told what we want: from here on `send` sends. Comes soon if that is past. */
  ready(generation: Generation): void;
  /** Any message after the greeting. */
  message(text: string): void;
  /** The socket is of no more use. Called at most once, and never after `close`. */
  failed(error: ProviderError): void;
}

/** `event_id` of our configuration: what an error that refuses it refers to. */
export const CONFIGURE_ID = 'configure';
/** Messages are at most some seconds of audio in base64; a server that sends more than this is not one of ours. */
const MAX_MESSAGE_BYTES = 1024 * 1024;

/** Some 20 s of the largest format: a server that far behind will not catch up before the caller has lost patience. */
const MAX_UNREAD_BYTES = 1_300_000;

export class RealtimeSocket {
  /** When the server will end the session, in milliseconds since the epoch; Infinity where it does not say. */
  expiresAtMs = Infinity;
  private readonly socket: WebSocket;
  private readonly greetingTimer: NodeJS.Timeout;
  private generation: Generation | undefined;
  private closed = false;
  /** True from a ping until its pong. */
  private pinged = false;

  constructor(
    private readonly options: RealtimeSocketOptions,
    private listener: SocketListener,
  ) {
    this.socket = connect(options);
    this.greetingTimer = setTimeout(() => {
      this.fail('timeout', `The server did not greet within ${options.timeoutMs} ms.`);
    }, options.timeoutMs);
    this.socket.on('unexpected-response', (request, response) => {
      const status = response.statusCode ?? 0;
      request.destroy();
      this.fail(kindOf(status, 'no code'), `The server answered the upgrade with ${status}.`);
    });
    this.socket.on('message', (data, isBinary) => {
      if (isBinary) this.fail('garbage', 'The server sent binary data.');
      else this.receive((data as Buffer).toString());
    });
    this.socket.on('pong', () => (this.pinged = false));
    this.socket.on('error', (error) => this.failWith(toProviderError(options.stage, error)));
    this.socket.on('close', () => this.fail('unavailable', 'The server closed the socket.'));
  }

  /** From here on the socket works for this listener alone. */
  serve(listener: SocketListener): void {
    this.listener = listener;
    const { generation } = this;
    if (generation === undefined) return;
    queueMicrotask(() => {
      if (!this.closed && this.listener === listener) listener.ready(generation);
    });
  }

  /** Whether the socket could be used at this moment, as far as we know. */
  get usable(): boolean {
    return !this.closed && this.generation !== undefined && this.socket.readyState === WebSocket.OPEN;
  }

  /** Sends a message; to be called after `ready`. One that is sent to a dead socket is lost: `failed` tells of it. */
  send(message: string): void {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    this.socket.send(message);
    if (this.socket.bufferedAmount > MAX_UNREAD_BYTES) {
      this.fail('unavailable', 'The server reads too slowly.');
    }
  }

  /** Asks for a sign of life; a socket that has not answered the last one is given up. */
  check(): void {
    if (!this.usable) return;
    if (this.pinged) {
      this.fail('unavailable', 'The server no longer answers.');
      return;
    }
    this.pinged = true;
    this.socket.ping();
  }

  /** Closes without a farewell, which would only keep the socket open until the server says its own. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    clearTimeout(this.greetingTimer);
    this.socket.terminate();
  }

  /** A message of a shape that its reader does not know is the end of the socket. */
  private receive(text: string): void {
    if (this.closed) return;
    try {
      if (this.generation === undefined) this.greeted(text);
      else this.listener.message(text);
    } catch (error) {
      this.failWith(toProviderError(this.options.stage, error));
    }
  }

  private greeted(text: string): void {
    const { generation, expiresAtMs, updateType } = readGreeting(this.options.stage, text);
    clearTimeout(this.greetingTimer);
    this.generation = generation;
    this.expiresAtMs = expiresAtMs;
    const session = this.options.session(generation);
    this.send(JSON.stringify({ type: updateType, event_id: CONFIGURE_ID, session }));
    this.listener.ready(generation);
  }

  private fail(kind: ProviderError['kind'], message: string): void {
    this.failWith(new ProviderError(this.options.stage, kind, message));
  }

  private failWith(error: ProviderError): void {
    if (this.closed) return;
    this.close();
    this.listener.failed(error);
  }
}

const connect = ({ url, apiKey }: RealtimeSocketOptions): WebSocket =>
  new WebSocket(url, {
    headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` },
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
  });
