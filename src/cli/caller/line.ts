import WebSocket from 'ws';
import { ServerMessage, type ClientMessage } from '../../voice/wire.js';

/** A caller's end of the native transport: typed messages both ways, the agent's audio frames, one promise per end. */
export interface Line {
  send(message: ClientMessage): void;
  sendFrame(frame: Buffer): void;
  /** Resolves with the close code when the socket is gone; never rejects. */
  readonly closed: Promise<number>;
  hangUp(): void;
}

/**
 * Opens a line and hands every message on. Unknown messages end the line: the server speaks another protocol version.
 * @throws Error when the edge cannot be reached within 5 s.
 */
export async function openLine(
  url: string,
  onMessage: (message: ServerMessage) => void,
  onAudio: (frame: Buffer) => void = () => undefined,
): Promise<Line> {
  const socket = new WebSocket(url, { perMessageDeflate: false, handshakeTimeout: 5_000 });
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  socket.on('error', () => socket.terminate());
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) {
      onAudio(data);
      return;
    }
    const parsed = ServerMessage.safeParse(JSON.parse(data.toString('utf8')));
    if (parsed.success) onMessage(parsed.data);
    else socket.close(4400, 'unknown message');
  });
  return {
    send: (message) => socket.send(JSON.stringify(message)),
    sendFrame: (frame) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(frame);
    },
    closed,
    hangUp: () => socket.close(1000),
  };
}
