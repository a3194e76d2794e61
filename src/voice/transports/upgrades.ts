import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';

/** Turns HTTP upgrades into calls. It opens no port of its own. */
export interface Transport {
  /** Completes the WebSocket handshake. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/**
 * A WebSocket server without a port. Compression stays off: it costs memory per socket and does nothing for audio.
 * @param maxMessageBytes anything longer is closed with 1009.
 */
export function createUpgrades(
  maxMessageBytes: number,
  options: Pick<ServerOptions, 'handleProtocols'> = {},
): (request: IncomingMessage, socket: Duplex, head: Buffer, serve: (accepted: WebSocket) => void) => void {
  const server = new WebSocketServer({
    ...options,
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: maxMessageBytes,
  });
  return (request, socket, head, serve) => {
    joinWrites(socket);
    server.handleUpgrade(request, socket, head, serve);
  };
}

/**
 * Lets everything that is written within one callback leave in one system call: frames go out in batches, words with the
 * first of their audio, and ws alone would make a call of each. It corks the socket around every message; so the first
 * cork is held until the callback is over. Nothing leaves later for it.
 */
function joinWrites(socket: Duplex): void {
  const cork = socket.cork.bind(socket);
  let held = false;
  socket.cork = () => {
    if (!held) {
      held = true;
      cork();
      process.nextTick(() => {
        held = false;
        socket.uncork();
      });
    }
    cork();
  };
}
