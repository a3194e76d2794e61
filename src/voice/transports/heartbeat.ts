import type { WebSocket } from 'ws';

/** Below the 60 s after which common proxies drop a quiet connection; a dead peer is noticed within two beats. */
const BEAT_MS = 20_000;

/**
 * Pings the peer and cuts the socket off when nothing has come from it for a whole beat: no pong and no message (a
 * media stream need not answer pings).
 * @returns the function that stops it.
 */
export function startHeartbeat(socket: WebSocket, beatMs: number = BEAT_MS): () => void {
  let answered = true;
  const onSign = (): void => {
    answered = true;
  };
  socket.on('pong', onSign);
  socket.on('message', onSign);
  const timer = setInterval(() => {
    if (!answered) {
      socket.terminate();
      return;
    }
    answered = false;
    if (socket.readyState === socket.OPEN) socket.ping();
  }, beatMs);
  return () => {
    clearInterval(timer);
    socket.off('pong', onSign);
    socket.off('message', onSign);
  };
}
