/** Every transport of the product, by the last part of its path. */
import { createNativeTransport } from '../../src/voice/transports/native/native-transport.js';
import { openRealtimeTransport } from '../../src/voice/transports/realtime/realtime-transport.js';
import type { TransportDeps } from '../../src/voice/transports/transport-deps.js';
import { openTwilioTransport } from '../../src/voice/transports/twilio/twilio-transport.js';
import type { Transport } from '../../src/voice/transports/upgrades.js';

export const openTransports = async (deps: TransportDeps): Promise<Record<string, Transport>> => ({
  native: createNativeTransport(deps),
  twilio: await openTwilioTransport({ ...deps, onEnded: () => Promise.resolve() }),
  realtime: await realtimeTransport(deps),
});

/** This transport answers a bad token in HTTP, before there is a socket. */
async function realtimeTransport(deps: TransportDeps): Promise<Transport> {
  const realtime = await openRealtimeTransport(deps);
  return {
    handleUpgrade: (request, socket, head) =>
      realtime.handleUpgrade(request, socket, head, () => socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n')),
  };
}
