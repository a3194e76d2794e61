import type { TransportDeps } from '../transport-deps.js';
import { createUpgrades, type Transport } from '../upgrades.js';
import { handleNativeSocket } from './native-call.js';

/** The largest control message (4,000 typed characters, escaped) fits. */
const MAX_MESSAGE_BYTES = 16 * 1024;

/** Serves upgrades of `/api/v1/voice/stream`. */
export function createNativeTransport(deps: TransportDeps): Transport {
  const upgrade = createUpgrades(MAX_MESSAGE_BYTES);
  return {
    handleUpgrade(request, socket, head) {
      upgrade(request, socket, head, (accepted) => handleNativeSocket(accepted, deps));
    },
  };
}
