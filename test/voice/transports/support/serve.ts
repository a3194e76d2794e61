import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { eventually } from '../../../support/eventually.js';
import type { Exchange } from './exchange.js';

export interface Serving {
  port: number;
  /** Ends every call; fails when a socket or a call is left over. */
  close(): Promise<void>;
}

/** Listens on a free port of the loopback and counts the sockets. */
export async function serve(
  server: Server | TlsServer,
  { registry }: Pick<Exchange, 'registry'>,
): Promise<Serving> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      await registry.closeAll(2_000);
      const isDone = (): boolean => registry.size === 0 && sockets.size === 0;
      await eventually(isDone, { withinMs: 5_000, what: 'no socket is left' });
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
