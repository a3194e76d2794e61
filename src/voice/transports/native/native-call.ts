/**
 * One socket of the native transport (wire.ts), from the first message to the last. States: waiting for `start` →
 * claiming the session → talking → over. Nothing a client sends gets past it as an exception.
 */
import type { WebSocket } from 'ws';
import type { Logger } from '../../../telemetry/logger.js';
import { type CallHeader, FRAME_MS, SAMPLE_RATE_HZ } from '../../ports.js';
import type { CallSession } from '../../session/call-deps.js';
import { createCallSession } from '../../session/call-session.js';
import { ClientMessage, closeCodes } from '../../wire.js';
import { attendSocket } from '../attend-socket.js';
import { type Claimed, refusals, START_TIMEOUT_MS, type TransportDeps } from '../transport-deps.js';
import { createComplaints, type Complaints } from './complaints.js';
import { createFrameReader } from './frame-reader.js';
import { createSocketLink, type SocketLink } from './socket-link.js';

/**
 * Messages that came while the token was being checked, a second of them. A line may ring for longer than that when the
 * machine is busy: what a microphone goes on sending is then not heard, as nobody has picked up, and is no offence.
 */
const MAX_EARLY_MESSAGES = 50;

/** Serves one accepted socket. Returns at once; everything it set up is gone when the socket has closed. */
export function handleNativeSocket(socket: WebSocket, deps: TransportDeps): void {
  new NativeCall(socket, deps).listen();
}

type Start = Extract<ClientMessage, { type: 'start' }>;

class NativeCall {
  readonly #socket: WebSocket;
  readonly #deps: TransportDeps;
  readonly #logger: Logger;
  readonly #link: SocketLink;
  readonly #complaints: Complaints;
  readonly #readFrame: (message: Buffer) => Int16Array | null;
  #state: 'waiting' | 'claiming' | 'talking' = 'waiting';
  #session: CallSession | undefined;
  #early: { data: Buffer; isBinary: boolean }[] = [];
  #startTimer: NodeJS.Timeout | undefined;

  constructor(socket: WebSocket, deps: TransportDeps) {
    this.#socket = socket;
    this.#deps = deps;
    this.#logger = deps.call.logger;
    this.#link = createSocketLink(socket);
    this.#complaints = createComplaints(this.#link);
    this.#readFrame = createFrameReader(deps.call.nowMs);
  }

  listen(): void {
    attendSocket(this.#socket, {
      heartbeatMs: this.#deps.heartbeatMs,
      onMessage: (data, isBinary) => this.#guard(() => this.#take(data, isBinary)),
      onError: (error) => {
        this.#logger.debug({ err: error }, 'a native socket failed');
        this.#link.close(closeCodes.protocol, 'socket error');
      },
      onClose: () => {
        clearTimeout(this.#startTimer);
        this.#link.dispose();
        this.#guard(() => (this.#link.isClosedHere ? this.#session?.dropped() : this.#session?.lost()));
      },
    });
    this.#startTimer = setTimeout(
      () => this.#complaints.final('start_timeout', closeCodes.startTimeout),
      this.#deps.startTimeoutMs ?? START_TIMEOUT_MS,
    );
  }

  #take(data: Buffer, isBinary: boolean): void {
    if (!this.#link.isOpen) return;
    if (this.#state === 'claiming') {
      if (this.#early.length < MAX_EARLY_MESSAGES) this.#early.push({ data, isBinary });
      else if (!isBinary) this.#complaints.about('not_started');
    } else if (isBinary) this.#takeAudio(data);
    else this.#takeText(data);
  }

  #takeAudio(data: Buffer): void {
    if (!this.#session) {
      this.#complaints.final('not_started', closeCodes.protocol);
      return;
    }
    const frame = this.#readFrame(data);
    if (frame) this.#session.audio(frame);
    else this.#complaints.about('bad_frame');
  }

  #takeText(data: Buffer): void {
    let json: unknown;
    try {
      json = JSON.parse(data.toString('utf8'));
    } catch {
      this.#complaints.about('bad_json');
      return;
    }
    const parsed = ClientMessage.safeParse(json);
    if (!parsed.success) {
      this.#complaints.about('bad_message');
      return;
    }
    this.#obey(parsed.data);
  }

  #obey(message: ClientMessage): void {
    if (message.type === 'ping') {
      this.#link.say({ type: 'pong', ...(message.id === undefined ? {} : { id: message.id }) });
      return;
    }
    if (message.type === 'start') {
      if (this.#state !== 'waiting') {
        this.#complaints.about('already_started');
        return;
      }
      this.#state = 'claiming';
      clearTimeout(this.#startTimer);
      return void this.#begin(message);
    }
    if (!this.#session) {
      this.#complaints.about('not_started');
      return;
    }
    if (message.type === 'text') this.#session.typed(message.text);
    else if (message.type === 'dtmf') this.#session.pressed(message.digit);
    else this.#session.end();
  }

  /** Claims the session and starts the call. Never rejects. */
  async #begin(start: Start): Promise<void> {
    this.#startTimer = setTimeout(() => {
      this.#logger.error({}, 'a session token could not be checked in time');
      this.#complaints.final('internal', closeCodes.internal);
    }, this.#deps.startTimeoutMs ?? START_TIMEOUT_MS);
    try {
      const claim = await this.#deps.claim(start.token);
      clearTimeout(this.#startTimer);
      if (!this.#link.isOpen) return;
      if (claim.ok) this.#talk(claim, start);
      else this.#complaints.final(claim.why, refusals[claim.why]);
    } catch (error) {
      clearTimeout(this.#startTimer);
      this.#logger.error({ err: error }, 'a call could not be started');
      this.#complaints.final('internal', closeCodes.internal);
    }
  }

  #talk(claimed: Claimed, start: Start): void {
    const session = claimed.back ? this.#resume(claimed) : this.#open(claimed, start);
    if (!session) return;
    this.#session = session;
    this.#state = 'talking';
    const early = this.#early;
    this.#early = [];
    for (const { data, isBinary } of early) this.#guard(() => this.#take(data, isBinary));
  }

  /** The call goes on where it was, as it was begun: `input` and `output` of this `start` change nothing. */
  #resume({ header }: Claimed): CallSession | null {
    const session = this.#deps.registry.waiting(header.callId);
    if (session) this.#ready(header, true);
    if (session?.back(this.#link)) return session;
    this.#complaints.final('replayed_token', closeCodes.replayed);
    return null;
  }

  #open({ header, agent }: Claimed, { input, output }: Start): CallSession | null {
    const { call, options, registry } = this.#deps;
    const { stt } = call.providers;
    const hears = input === 'audio' ? stt : null;
    const providers = { ...call.providers, stt: hears };
    const session = registry.admit(header.callId, () =>
      createCallSession({ ...call, providers, agent, link: this.#link }, header, { ...options, output }),
    );
    if (!session) {
      this.#complaints.final('busy', closeCodes.busy);
      return null;
    }
    this.#ready(header);
    session.start();
    return session;
  }

  #ready(header: CallHeader, resumed = false): void {
    const { stt, tts, llm } = this.#deps.call.providers;
    this.#link.say({
      type: 'ready',
      callId: header.callId,
      stt: stt?.name ?? null,
      tts: tts?.name ?? null,
      llm: llm.name,
      frameMs: FRAME_MS,
      sampleRateHz: SAMPLE_RATE_HZ,
      ...(resumed && { resumed }),
    });
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#logger.error({ err: error }, 'a message on a native socket hit a defect');
      this.#complaints.about('internal');
    }
  }
}
