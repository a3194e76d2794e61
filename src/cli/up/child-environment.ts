import type { DatabaseUrls } from './parts/database.js';
import type { Keys } from './parts/keys.js';
import type { Speech } from './parts/speech.js';
import { standinSettings, type StandinName } from './parts/standins.js';
import type { TemporalPlace } from './parts/temporal.js';
import type { Environment, Site } from './site.js';

/** What the started parts mean for the settings of edge and worker. */
export interface Findings {
  urls: DatabaseUrls;
  place: TemporalPlace;
  keys: Keys;
  speech: Speech;
  standins: readonly StandinName[];
}

/** The environment of edge and worker: ours, pointed at the parts that were started. */
export function childEnvironment(site: Site, { urls, place, keys, speech, standins }: Findings): Environment {
  return {
    ...site.env,
    ...standinSettings(site, standins),
    ...speech.settings,
    HERMES_PORT: String(site.ports.edge),
    HERMES_WORKER_PORT: String(site.ports.worker),
    HERMES_DATA_DIR: site.dataDir.path,
    HERMES_SECRET_KEY: keys.secretKey,
    ...(keys.payloadKeys !== undefined && { HERMES_PAYLOAD_KEYS: keys.payloadKeys }),
    HERMES_JWKS: keys.jwks,
    DATABASE_URL: urls.app,
    DATABASE_OWNER_URL: undefined, // neither may change the schema
    TEMPORAL_ADDRESS: place.address,
    TEMPORAL_UI_URL: place.uiUrl,
  };
}
