/** The realtime transport behind TLS, as the official client insists on it, with the API's own taking of upgrades. */
import { createServer } from 'node:https';
import { serveUpgrades } from '../../../../../src/api/voice-upgrade.js';
import { openRealtimeTransport } from '../../../../../src/voice/transports/realtime/realtime-transport.js';
import type { TransportDeps } from '../../../../../src/voice/transports/transport-deps.js';
import { selfSigned } from '../../../../support/self-signed.js';
import { Exchange } from '../../support/exchange.js';
import { serve, type Serving } from '../../support/serve.js';

export interface RealtimeEdge extends Exchange, Serving {
  /** The certificate to trust. */
  readonly ca: string;
}

/** Serves `/v1/realtime`. @param msPerChar how slowly the agent speaks. */
export async function openRealtimeEdge(
  change: Partial<TransportDeps> = {},
  msPerChar?: number,
): Promise<RealtimeEdge> {
  const exchange = new Exchange(msPerChar);
  const transport = await openRealtimeTransport({ ...exchange.deps, ...change });
  const { key, cert } = selfSigned();
  const server = createServer({ key, cert });
  serveUpgrades(server, { transports: { '/v1/realtime': transport }, maxSockets: 10 });
  return Object.assign(exchange, await serve(server, exchange), { ca: cert });
}
