/** The caller's side of a call on a native socket: frames and messages out, guarded against a peer that does not read. */
import type { WebSocket } from 'ws';
import type { EndReason } from '../../../domain/turn.js';
import { bytesFromSamples } from '../../audio/pcm.js';
import { FRAME_BYTES } from '../../ports.js';
import type { CallerLink } from '../../session/link.js';
import { closeCodes, type ServerMessage } from '../../wire.js';

/** Ten seconds of audio. A line that holds back so much is dead, whatever TCP says. */
const MAX_BUFFERED_BYTES = 500 * FRAME_BYTES;
/** A peer that does not answer our close frame is cut off after this. */
const CLOSE_GRACE_MS = 2_000;

export interface SocketLink extends CallerLink {
  say(message: ServerMessage): void;
  /** Closes once; later calls change nothing. */
  close(code: number, why: string): void;
  readonly isOpen: boolean;
  /** The socket is gone: nothing is sent and no timer runs any more. */
  dispose(): void;
}

const codeOf = (reason: EndReason): number =>
  reason === 'shutdown' ? closeCodes.goingAway : closeCodes.ended;

export function createSocketLink(socket: WebSocket): SocketLink {
  let closing = false;
  let cutOff: NodeJS.Timeout | undefined;
  const write = (data: string | Uint8Array): void => {
    if (closing || socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > MAX_BUFFERED_BYTES) {
      closing = true;
      socket.terminate();
      return;
    }
    // A write error is followed by 'close', which is where the call learns of it.
    socket.send(data, () => undefined);
  };
  const link: SocketLink = {
    get isOpen() {
      return !closing && socket.readyState === socket.OPEN;
    },
    sendFrame: (frame) => write(bytesFromSamples(frame)),
    send(event) {
      link.say(event);
      if (event.type === 'ended') link.close(codeOf(event.reason), event.reason);
    },
    say: (message) => write(JSON.stringify(message)),
    close(code, why) {
      if (closing) return;
      closing = true;
      socket.close(code, why);
      cutOff = setTimeout(() => socket.terminate(), CLOSE_GRACE_MS);
    },
    dispose() {
      closing = true;
      clearTimeout(cutOff);
    },
  };
  return link;
}
