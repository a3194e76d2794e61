import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { loadResampler } from '../../audio/resampler.js';
import { handleTwilioSocket } from './twilio-call.js';
import type { TwilioDeps } from './twilio-deps.js';

/** A `start` with every parameter full fits; media packets are a fiftieth of it. */
const MAX_MESSAGE_BYTES = 16 * 1024;

/** Turns HTTP upgrades into calls. It opens no port of its own. */
export interface TwilioTransport {
  /** Completes the WebSocket handshake; the caller of this has checked the request's signature. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** Makes the transport once the resampler is loaded. */
export async function openTwilioTransport(deps: TwilioDeps): Promise<TwilioTransport> {
  await loadResampler();
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
  });
  return {
    handleUpgrade(request, socket, head) {
      server.handleUpgrade(request, socket, head, (accepted) => handleTwilioSocket(accepted, deps));
    },
  };
}
