import type { Config } from '../config/schema.js';
import { appDepsOf, type EdgeParts } from './app-parts.js';
import { buildApp } from './app.js';
import type { CallService } from './call-service.js';
import { publicUrlOf } from './edge-options.js';
import { watchLoopDelay } from './loop-delay.js';
import { NATIVE_STREAM_PATH, REALTIME_PATH } from './routes/sessions.js';
import { TWILIO_STREAM_PATH } from './routes/twilio.js';
import type { Closing } from './shutdown.js';
import { isSignedByTwilio } from './twilio-signature.js';
import { serveUpgrades, type UpgradeTarget } from './voice-upgrade.js';

export interface HttpServiceDeps extends EdgeParts {
  closing: Closing;
}

/** Sockets that have not said `start` yet get as much room as calls: they are cut after 5 s. */
const SOCKETS_PER_CALL = 2;

/**
 * Answers the API and takes upgrades, from now on.
 * @throws the system's error when the port is taken.
 */
export async function openHttpService(deps: HttpServiceDeps): Promise<void> {
  const { config, calls, closing } = deps;
  const loopDelay = watchLoopDelay();
  const stopping = new AbortController();
  const app = await buildApp(appDepsOf(deps, { loopDelay, stop: stopping.signal }));
  const cutSockets = serveUpgrades(app.server, {
    transports: {
      [NATIVE_STREAM_PATH]: calls.native,
      [REALTIME_PATH]: calls.realtime,
      ...twilioTarget(config, calls),
    },
    ...(config.HERMES_ALLOWED_ORIGINS && { origins: config.HERMES_ALLOWED_ORIGINS }),
    maxSockets: config.HERMES_MAX_CALLS * SOCKETS_PER_CALL,
  });
  closing.add('http', 1_000, () => {
    stopping.abort();
    loopDelay.close();
    cutSockets();
    return app.close();
  });
  closing.add('calls', 1_700, () => calls.registry.closeAll(1_500));
  await app.listen({ host: config.HERMES_HOST, port: config.HERMES_PORT });
}

/** The media stream, for signed upgrades only; absent without the account's token. */
function twilioTarget(config: Config, { twilio }: CallService): Record<string, UpgradeTarget> {
  const { TWILIO_AUTH_TOKEN: authToken } = config;
  if (authToken === undefined) return {};
  const root = publicUrlOf(config).replace(/^http/, 'ws').replace(/\/+$/, '');
  const target: UpgradeTarget = {
    admits: ({ url = '', headers }) =>
      isSignedByTwilio(authToken, { url: root + url, signature: headers['x-twilio-signature'] }),
    handleUpgrade: (request, socket, head) => twilio.handleUpgrade(request, socket, head),
  };
  return { [TWILIO_STREAM_PATH]: target };
}
