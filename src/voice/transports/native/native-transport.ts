import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { handleNativeSocket } from './native-call.js';
import type { NativeDeps } from './native-deps.js';

/** The largest control message (4,000 typed characters, escaped) fits; anything longer is closed with 1009. */
const MAX_MESSAGE_BYTES = 16 * 1024;

/** Turns HTTP upgrades into calls. It opens no port of its own. */
export interface NativeTransport {
  /** Completes the WebSocket handshake; call it for upgrades of `/api/v1/voice/stream`. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** Compression stays off: it costs memory per socket and does nothing for PCM. */
export function createNativeTransport(deps: NativeDeps): NativeTransport {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
  });
  return {
    handleUpgrade(request, socket, head) {
      server.handleUpgrade(request, socket, head, (accepted) => handleNativeSocket(accepted, deps));
    },
  };
}
