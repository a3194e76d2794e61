/**
 * One socket of the realtime transport, from `session.created` to the last event. The session was claimed before the
 * handshake. Nothing a client sends gets past it as an exception.
 */
import type { WebSocket } from 'ws';
import type { EndReason } from '../../../domain/turn.js';
import type { CallSession } from '../../session/call-deps.js';
import { createCallSession } from '../../session/call-session.js';
import { closeCodes } from '../../wire.js';
import { attendSocket } from '../attend-socket.js';
import { guardSocket, type GuardedSocket } from '../guarded-socket.js';
import { createPace, type Pace } from '../pace.js';
import type { Claimed, TransportDeps } from '../transport-deps.js';
import { readClientEvent } from './client-events.js';
import { type Complaints, createComplaints } from './complaints.js';
import { createIds } from './ids.js';
import { MAX_AHEAD_MS } from './inbound-audio.js';
import { RealtimeSession } from './realtime-session.js';
import type { Say } from './server-events.js';

/** Ten seconds of audio events of about 1,600 bytes. */
const MAX_BUFFERED_BYTES = 500 * 1_600;
/** A client's smallest audio piece: browsers record 128 samples at a time, 5.3 ms at 24 kHz. Bounds messages a second. */
const MESSAGE_MS = 5;
/**
 * The client closed on purpose: 1000 as sent, 1005 for none sent. Anything else is a line that broke, a page that was
 * loaded anew (1001) included: such a caller may come back.
 */
const HANG_UP_CODES: ReadonlySet<number> = new Set([1000, 1005]);

/** Serves one accepted socket. Returns at once; everything it set up is gone when the socket has closed. */
export function handleRealtimeSocket(
  socket: WebSocket,
  deps: TransportDeps,
  claimed: Claimed,
  model: string,
): void {
  new RealtimeCall(socket, deps, model).begin(claimed);
}

class RealtimeCall {
  readonly #socket: WebSocket;
  readonly #deps: TransportDeps;
  readonly #line: GuardedSocket;
  readonly #complaints: Complaints;
  readonly #messages: Pace;
  readonly #conversation: RealtimeSession;

  constructor(socket: WebSocket, deps: TransportDeps, model: string) {
    this.#socket = socket;
    this.#deps = deps;
    this.#line = guardSocket(socket, MAX_BUFFERED_BYTES);
    const newId = createIds();
    const say: Say = (event) => this.#line.write(JSON.stringify({ event_id: newId('event'), ...event }));
    this.#complaints = createComplaints(say, this.#line);
    this.#messages = createPace(deps.call.nowMs, MAX_AHEAD_MS);
    this.#conversation = new RealtimeSession({
      deps,
      newId,
      say,
      model,
      complaints: this.#complaints,
      onEnded: (reason) => this.#ended(reason),
    });
  }

  begin({ header, agent, back }: Claimed): void {
    const { call, registry, heartbeatMs } = this.#deps;
    const { link, options } = this.#conversation;
    attendSocket(this.#socket, {
      heartbeatMs,
      onMessage: (data, isBinary) => this.#guard(() => this.#take(data, isBinary)),
      onError: (err) => {
        call.logger.debug({ err }, 'a realtime socket failed');
        this.#line.close(closeCodes.protocol, 'socket error');
      },
      onClose: (code) => this.#guard(() => this.#closed(code)),
    });
    const create = (): CallSession => createCallSession({ ...call, agent, link }, header, options);
    const session = back ? registry.waiting(header.callId) : registry.admit(header.callId, create);
    if (session) this.#conversation.open(session, back === true);
    else if (back) this.#complaints.final('replayed_token', closeCodes.replayed);
    else this.#complaints.final('busy', closeCodes.busy);
  }

  #take(data: Buffer, isBinary: boolean): void {
    if (!this.#line.isOpen) return;
    this.#messages.took(MESSAGE_MS);
    if (!this.#messages.admits) {
      this.#complaints.final('too_many_messages', closeCodes.protocol);
      return;
    }
    if (isBinary) {
      this.#complaints.nonsense('binary_message');
      return;
    }
    const read = readClientEvent(data.toString('utf8'));
    if ('event' in read) this.#conversation.obey(read.event);
    else this.#complaints.nonsense(read.wrong, read);
  }

  /** The call is over: the caller's side is told by the end of the line. */
  #ended(reason: EndReason): void {
    this.#line.close(reason === 'shutdown' ? closeCodes.goingAway : closeCodes.ended, reason);
  }

  #closed(code: number): void {
    this.#line.dispose();
    this.#conversation.close((session) => {
      if (HANG_UP_CODES.has(code)) session.end();
      else if (this.#line.isClosedHere) session.dropped();
      else session.lost();
    });
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#deps.call.logger.error({ err: error }, 'a message on a realtime socket hit a defect');
      this.#complaints.failed('internal', 'Something failed on this side; it has been logged.');
    }
  }
}
