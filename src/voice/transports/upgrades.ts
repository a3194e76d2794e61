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
  return (request, socket, head, serve) => server.handleUpgrade(request, socket, head, serve);
}
