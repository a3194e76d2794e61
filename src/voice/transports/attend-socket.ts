/** What every transport does with an accepted socket, from its first message to its end. */
import type { RawData, WebSocket } from 'ws';
import { startHeartbeat } from './heartbeat.js';

export interface Attendance {
  heartbeatMs?: number | undefined;
  /** Never called after the socket has closed. */
  onMessage: (data: Buffer, isBinary: boolean) => void;
  /** ws has already answered with its own code (oversize 1009, invalid UTF-8 1007); this only bounds the farewell. */
  onError: (error: Error) => void;
  /** Once, with the close code: what the peer sent, 1005 for none, 1006 for a line that broke. */
  onClose: (code: number) => void;
}

/** Listens until the socket has closed; nothing of it is left then. */
export function attendSocket(
  socket: WebSocket,
  { heartbeatMs, onMessage, onError, onClose }: Attendance,
): void {
  const stopHeartbeat = startHeartbeat(socket, heartbeatMs);
  const take = (data: RawData, isBinary: boolean): void => onMessage(messageBytes(data), isBinary);
  socket.on('message', take);
  socket.on('error', onError);
  socket.once('close', (code) => {
    stopHeartbeat();
    socket.off('message', take);
    onClose(code);
  });
}

/** The bytes of a message, in whichever shape ws hands it out. */
function messageBytes(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
