/** The realtime transport behind TLS, as the official client insists on it, with the API's own taking of upgrades. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { serveUpgrades } from '../../../../../src/api/voice-upgrade.js';
import type { TransportDeps } from '../../../../../src/voice/transports/transport-deps.js';
import { openRealtimeTransport } from '../../../../../src/voice/transports/realtime/realtime-transport.js';
import { eventually } from '../../../../support/eventually.js';
import { selfSigned } from '../../../../support/self-signed.js';
import { Exchange } from '../../support/exchange.js';

export interface RealtimeEdge extends Exchange {
  readonly port: number;
  /** The certificate to trust. */
  readonly ca: string;
  /** Ends every call; fails when a socket or a call is left over. */
  close(): Promise<void>;
}

/** Serves `/v1/realtime`. */
export async function openRealtimeEdge(
  change: Partial<TransportDeps> = {},
  msPerChar?: number,
): Promise<RealtimeEdge> {
  const exchange = new Exchange(msPerChar);
  const transport = await openRealtimeTransport({ ...exchange.deps, ...change });
  const { key, cert } = selfSigned();
  const server = createServer({ key, cert });
  const open = countSockets(server);
  serveUpgrades(server, { transports: { '/v1/realtime': transport }, maxSockets: 10 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(exchange, {
    port: (server.address() as AddressInfo).port,
    ca: cert,
    close: async () => {
      await exchange.registry.closeAll(2_000);
      const isDone = (): boolean => exchange.registry.size === 0 && open() === 0;
      await eventually(isDone, { withinMs: 5_000, what: 'no socket is left' });
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

function countSockets(server: Server): () => number {
  let open = 0;
  server.on('secureConnection', (socket) => {
    open += 1;
    socket.once('close', () => (open -= 1));
  });
  return () => open;
}
