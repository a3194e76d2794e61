import { loadResampler } from '../../audio/resampler.js';
import { createUpgrades, type Transport } from '../upgrades.js';
import { handleTwilioSocket } from './twilio-call.js';
import type { TwilioDeps } from './twilio-deps.js';

/** A `start` with every parameter full fits; media packets are a fiftieth of it. */
const MAX_MESSAGE_BYTES = 16 * 1024;

/** Makes the transport once the resampler is loaded. Whoever hands it an upgrade has checked the request's signature. */
export async function openTwilioTransport(deps: TwilioDeps): Promise<Transport> {
  await loadResampler();
  const upgrade = createUpgrades(MAX_MESSAGE_BYTES);
  return {
    handleUpgrade(request, socket, head) {
      upgrade(request, socket, head, (accepted) => handleTwilioSocket(accepted, deps));
    },
  };
}
