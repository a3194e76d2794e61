/** Starts the parts of the stack in the order their needs allow, side by side where they need nothing of each other. */
import { createCipher } from '../../config/cipher.js';
import { openPool } from '../../db/pool.js';
import { requireFreePorts, type Listener } from './addresses.js';
import { childEnvironment } from './child-environment.js';
import { edgeOrigin, startEdge, startWorker } from './parts/application.js';
import { applyMigrations, provideDatabase, type DatabaseUrls } from './parts/database.js';
import { seedDemoFirm } from './parts/demo-firm.js';
import { provideKeys, type Keys } from './parts/keys.js';
import { provideSpeech, type Speech } from './parts/speech.js';
import { neededStandins, startStandin, type StandinName } from './parts/standins.js';
import { applySearchAttributes, provideTemporal } from './parts/temporal.js';
import type { Environment, Site } from './site.js';

export interface StackAddresses {
  /** Origin of the edge, e.g. `http://127.0.0.1:8080`. */
  api: string;
  /** host:port of the frontend. */
  temporal: string;
  temporalUi: string | undefined;
  /** Origins of the stand-ins that run. */
  standins: Readonly<Partial<Record<StandinName, string>>>;
  /** PostgreSQL as the application and as the owner of the schema. */
  database: DatabaseUrls;
}

/** What is known when every part runs. */
export interface StartedParts {
  addresses: StackAddresses;
  /** The environment edge and worker run with. */
  env: Environment;
  /** The demo firm's administrator; undefined when HERMES_JWKS names another issuer. */
  token: Keys['token'];
  /** Whether callers can be heard, and why not. */
  speech: Speech;
}

/** @throws what the first part that fails throws; the others may still be starting then. */
export async function startParts(site: Site): Promise<StartedParts> {
  const standins = neededStandins(site.config, site.env);
  await requireFreePorts(site.config, site.ports, listenersOf(site, standins));
  const parts = begin(site, standins);
  await announce(site, parts);
  const [{ urls }, { place }, { origins }] = await Promise.all([
    parts.database,
    parts.temporal,
    parts.standins,
  ]);
  const [env, { keys }, { speech }] = await Promise.all([parts.env, parts.keys, parts.speech]);
  return {
    addresses: {
      api: edgeOrigin(site),
      temporal: place.address,
      temporalUi: place.uiUrl,
      standins: origins,
      database: urls,
    },
    env,
    token: keys.token,
    speech,
  };
}

const listenersOf = ({ config }: Site, standins: readonly StandinName[]): Listener[] => [
  ...(config.DATABASE_URL === undefined ? (['postgres'] as const) : []),
  ...(config.TEMPORAL_ADDRESS === undefined ? (['temporal', 'temporalUi'] as const) : []),
  ...standins,
  'worker',
  'edge',
];

type Parts = ReturnType<typeof begin>;

/** Each part as a promise that waits for the parts it needs. */
function begin(site: Site, names: readonly StandinName[]) {
  const database = provideDatabase(site);
  const temporal = provideTemporal(site);
  const migrations = database.then(({ urls }) => applyMigrations(urls));
  const attributes = temporal.then(({ place }) => applySearchAttributes(site, place));
  const keys = provideKeys(site);
  const standins = startStandins(site, names);
  const firm = Promise.all([database, migrations, keys, standins]).then(
    ([{ urls }, , { keys }, { origins }]) => seed(urls, keys, origins),
  );
  const speech = provideSpeech(site);
  const env = Promise.all([database, temporal, keys, speech, migrations, attributes]).then(
    ([{ urls }, { place }, { keys }, { speech }]) =>
      childEnvironment(site, { urls, place, keys, speech, standins: names }),
  );
  const worker = env.then((environment) => startWorker(site, environment));
  const edge = env.then((environment) => startEdge(site, environment));
  return { database, temporal, migrations, attributes, keys, standins, firm, speech, env, worker, edge };
}

async function announce({ progress: { step } }: Site, parts: Parts): Promise<void> {
  const detail = (part: Promise<{ detail: string }>): Promise<string> => part.then((p) => p.detail);
  await Promise.all([
    step('PostgreSQL', detail(parts.database)),
    step('Temporal', detail(parts.temporal)),
    step('Migrations', parts.migrations),
    step('Search attributes', parts.attributes),
    step('Keys', detail(parts.keys)),
    step('Stand-ins', detail(parts.standins)),
    step('Demo firm', parts.firm),
    step('Speech', detail(parts.speech)),
    step('Worker', parts.worker),
    step('Edge', parts.edge),
  ]);
}

async function startStandins(site: Site, names: readonly StandinName[]) {
  const started = await Promise.all(
    names.map(async (name) => [name, await startStandin(site, name)] as const),
  );
  const origins = Object.fromEntries(started) as Partial<Record<StandinName, string>>;
  return { origins, detail: started.map(([name, origin]) => `${name} ${origin}`).join(', ') };
}

async function seed(
  urls: DatabaseUrls,
  keys: Keys,
  origins: Partial<Record<StandinName, string>>,
): Promise<string> {
  const pool = openPool(urls.app, 2, () => undefined);
  try {
    return await seedDemoFirm(pool, createCipher(Buffer.from(keys.secretKey, 'base64')), origins);
  } finally {
    await pool.end();
  }
}
