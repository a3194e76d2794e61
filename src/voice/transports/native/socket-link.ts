/** The caller's side of a call on a native socket: frames and messages out, guarded against a peer that does not read. */
import type { WebSocket } from 'ws';
import type { EndReason } from '../../../domain/turn.js';
import { bytesFromSamples } from '../../audio/pcm.js';
import { FRAME_BYTES } from '../../ports.js';
import type { CallerEvent, CallerLink } from '../../session/link.js';
import { closeCodes, type ServerMessage } from '../../wire.js';
import { guardSocket } from '../guarded-socket.js';

/** Ten seconds of audio. A line that holds back so much is dead, whatever TCP says. */
const MAX_BUFFERED_BYTES = 500 * FRAME_BYTES;

export interface SocketLink extends CallerLink {
  say(message: ServerMessage): void;
  /** Closes once; later calls change nothing. */
  close(code: number, why: string): void;
  readonly isOpen: boolean;
  /** This side said goodbye first: whoever was expelled is not waited for. */
  readonly isClosedHere: boolean;
  /** The socket is gone: nothing is sent and no timer runs any more. */
  dispose(): void;
}

/** This protocol has no words for the rest: its caller hears an aside, and sees speech stop. */
const isSaid = (event: CallerEvent): event is Extract<CallerEvent, ServerMessage> =>
  event.type !== 'unheard' && event.type !== 'aside' && event.type !== 'aside_done';

const codeOf = (reason: EndReason): number =>
  reason === 'shutdown' ? closeCodes.goingAway : closeCodes.ended;

export function createSocketLink(socket: WebSocket): SocketLink {
  const guarded = guardSocket(socket, MAX_BUFFERED_BYTES);
  const link: SocketLink = {
    get isClosedHere() {
      return guarded.isClosedHere;
    },
    get isOpen() {
      return guarded.isOpen;
    },
    sendFrame: (frame) => guarded.write(bytesFromSamples(frame)),
    send(event) {
      if (isSaid(event)) link.say(event);
      if (event.type === 'ended') link.close(codeOf(event.reason), event.reason);
    },
    say: (message) => guarded.write(JSON.stringify(message)),
    close: (code, why) => guarded.close(code, why),
    dispose: () => guarded.dispose(),
  };
  return link;
}
