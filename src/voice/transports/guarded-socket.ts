/** A socket that can be written to at any time: guarded against a peer that does not read and one that does not leave. */
import type { WebSocket } from 'ws';

/** A peer that does not answer our close frame is cut off after this. */
const CLOSE_GRACE_MS = 2_000;

export interface GuardedSocket {
  readonly isOpen: boolean;
  /** This side said goodbye first: whoever was expelled is not waited for. */
  readonly isClosedHere: boolean;
  /** Does nothing once the socket is closing. Cuts the socket off when too much is held back already. */
  write(data: string | Uint8Array): void;
  /** Closes once; later calls change nothing. */
  close(code: number, why: string): void;
  /** The socket is gone: nothing is sent and no timer runs any more. */
  dispose(): void;
}

/** @param maxBufferedBytes a line that holds back more is dead, whatever TCP says. */
export function guardSocket(socket: WebSocket, maxBufferedBytes: number): GuardedSocket {
  let closing = false;
  let closedHere = false;
  let cutOff: NodeJS.Timeout | undefined;
  const isOpen = (): boolean => !closing && socket.readyState === socket.OPEN;
  return {
    get isOpen() {
      return isOpen();
    },
    get isClosedHere() {
      return closedHere;
    },
    write(data) {
      if (!isOpen()) return;
      if (socket.bufferedAmount > maxBufferedBytes) {
        closing = true;
        socket.terminate();
        return;
      }
      // A write error is followed by 'close', which is where the call learns of it.
      socket.send(data, () => undefined);
    },
    close(code, why) {
      if (closing) return;
      closing = true;
      closedHere = socket.readyState === socket.OPEN;
      socket.close(code, why);
      cutOff = setTimeout(() => socket.terminate(), CLOSE_GRACE_MS);
    },
    dispose() {
      closing = true;
      clearTimeout(cutOff);
    },
  };
}
