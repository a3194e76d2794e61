/**
 * One media stream, from the first message to the last. States: waiting for `start` → claiming the session → talking →
 * over. Nothing a peer sends gets past it as an exception; what no honest peer sends closes the socket.
 */
import type { WebSocket } from 'ws';
import type { EndReason } from '../../../domain/turn.js';
import type { CallHeader } from '../../ports.js';
import type { CallSession } from '../../session/call-deps.js';
import { createCallSession } from '../../session/call-session.js';
import { closeCodes } from '../../wire.js';
import { attendSocket } from '../attend-socket.js';
import { guardSocket, type GuardedSocket } from '../guarded-socket.js';
import { type Claimed, refusals, START_TIMEOUT_MS } from '../transport-deps.js';
import { noteEnd } from './end-note.js';
import { createInboundAudio, type InboundAudio } from './inbound-audio.js';
import { readStreamMessage, type StreamMessage } from './messages.js';
import type { TwilioDeps } from './twilio-deps.js';
import { TwilioLink } from './twilio-link.js';

/** Ten seconds of audio messages of about 400 bytes. */
const MAX_BUFFERED_BYTES = 500 * 400;

/** Serves one accepted socket. Returns at once; everything it set up is gone when the socket has closed. */
export function handleTwilioSocket(socket: WebSocket, deps: TwilioDeps): void {
  new TwilioCall(socket, deps).listen();
}

type Start = Extract<StreamMessage, { event: 'start' }>;

/** What a call has once its token is claimed. */
interface Talk {
  session: CallSession;
  link: TwilioLink;
  audio: InboundAudio;
}

class TwilioCall {
  readonly #socket: WebSocket;
  readonly #deps: TwilioDeps;
  readonly #line: GuardedSocket;
  #started = false;
  #talk: Talk | undefined;
  #startTimer: NodeJS.Timeout | undefined;

  constructor(socket: WebSocket, deps: TwilioDeps) {
    this.#socket = socket;
    this.#deps = deps;
    this.#line = guardSocket(socket, MAX_BUFFERED_BYTES);
  }

  listen(): void {
    const { logger } = this.#deps.call;
    attendSocket(this.#socket, {
      heartbeatMs: this.#deps.heartbeatMs,
      onMessage: (data, isBinary) => this.#take(data, isBinary),
      onError: (err) => {
        logger.debug({ err }, 'a media stream failed');
        this.#line.close(closeCodes.protocol, 'socket error');
      },
      onClose: () => {
        clearTimeout(this.#startTimer);
        this.#line.dispose();
        this.#hangUp((session) => session.dropped());
      },
    });
    this.#awaitStart();
  }

  #awaitStart(): void {
    clearTimeout(this.#startTimer);
    this.#startTimer = setTimeout(
      () => this.#line.close(closeCodes.startTimeout, 'start_timeout'),
      this.#deps.startTimeoutMs ?? START_TIMEOUT_MS,
    );
  }

  #take(data: Buffer, isBinary: boolean): void {
    if (!this.#line.isOpen) return;
    try {
      const message = isBinary ? null : readStreamMessage(data.toString('utf8'));
      if (message === null) this.#refuse();
      else if (message !== 'unknown') this.#obey(message);
    } catch (error) {
      this.#deps.call.logger.error({ err: error }, 'a message on a media stream hit a defect');
      this.#line.close(closeCodes.internal, 'internal');
    }
  }

  #obey(message: StreamMessage): void {
    switch (message.event) {
      case 'start':
        if (this.#started) this.#refuse();
        else void this.#begin(message);
        return;
      case 'media':
        this.#hear(message.media);
        return;
      case 'mark':
        this.#talk?.link.echoed(message.mark.name);
        return;
      case 'dtmf':
        this.#talk?.session.pressed(message.dtmf.digit);
        return;
      case 'stop':
        this.#hangUp((session) => session.end());
        this.#line.close(closeCodes.ended, 'stop');
        return;
      case 'connected':
    }
  }

  /** Audio from before the call is claimed is nobody's: it lasts milliseconds and nobody has greeted yet. */
  #hear({ track, timestamp, payload }: Extract<StreamMessage, { event: 'media' }>['media']): void {
    if (!this.#started) this.#refuse();
    if (!this.#talk || track === 'outbound') return;
    const frames = this.#talk.audio.take(timestamp, Buffer.from(payload, 'base64'));
    for (const frame of frames) this.#talk.session.audio(frame);
  }

  /** Claims the session and starts the call. Never rejects. */
  async #begin({ streamSid, start }: Start): Promise<void> {
    this.#started = true;
    this.#awaitStart();
    try {
      const claim = await this.#deps.claim(start.customParameters.token ?? '');
      clearTimeout(this.#startTimer);
      if (!this.#line.isOpen) return;
      if (claim.ok) this.#admit(claim, streamSid);
      else this.#line.close(refusals[claim.why], claim.why);
    } catch (error) {
      clearTimeout(this.#startTimer);
      this.#deps.call.logger.error({ err: error }, 'a call could not be started');
      this.#line.close(closeCodes.internal, 'internal');
    }
  }

  #admit({ header, agent }: Claimed, streamSid: string): void {
    const { call, options, registry } = this.#deps;
    const link = new TwilioLink(this.#line, streamSid, (reason, whisper) => {
      void this.#end(header, reason, whisper);
    });
    const session = registry.admit(header.callId, () =>
      createCallSession({ ...call, agent, link }, header, { ...options, output: 'audio' }),
    );
    if (!session) {
      link.close();
      this.#line.close(closeCodes.busy, 'busy');
      return;
    }
    this.#talk = { session, link, audio: createInboundAudio(call.nowMs) };
    session.start();
  }

  /** The caller has gone, one way or the other. */
  #hangUp(tell: (session: CallSession) => void): void {
    const talk = this.#talk;
    if (!talk) return;
    this.#talk = undefined;
    tell(talk.session);
    talk.audio.close();
    talk.link.close();
  }

  /** The session is over: its end is noted, then the stream is closed. Never rejects. */
  async #end(header: CallHeader, reason: EndReason, whisper?: string): Promise<void> {
    await noteEnd(() => this.#deps.onEnded(header, reason, whisper), this.#deps.call.logger, header.callId);
    this.#line.close(reason === 'shutdown' ? closeCodes.goingAway : closeCodes.ended, reason);
  }

  #refuse(): void {
    this.#line.close(closeCodes.protocol, 'bad_message');
  }
}
