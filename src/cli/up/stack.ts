import { join } from 'node:path';
import { cacheDirectory } from '../../../temporal/binaries.js';
import { createCipher } from '../../config/cipher.js';
import { loadConfig } from '../../config/load.js';
import { openPool } from '../../db/pool.js';
import { configuredPorts, ephemeralPorts, requireFreePorts, type Listener } from './addresses.js';
import { openDataDir } from './data-dir.js';
import { startEdge, startWorker, edgeOrigin } from './parts/application.js';
import { applyMigrations, provideDatabase, type DatabaseUrls } from './parts/database.js';
import { seedDemoFirm } from './parts/demo-firm.js';
import { provideKeys, type Keys } from './parts/keys.js';
import { provideSpeech, type Speech } from './parts/speech.js';
import { neededStandins, standinSettings, startStandin, type StandinName } from './parts/standins.js';
import { applySearchAttributes, provideTemporal, type TemporalPlace } from './parts/temporal.js';
import { createCrew } from './processes/crew.js';
import { silentProgress, type Progress } from './progress.js';
import type { Environment, Site } from './site.js';

export interface StackOptions {
  /** Usually `process.env`. */
  env: Environment;
  /** Overrides HERMES_DATA_DIR. */
  dataDir?: string | undefined;
  /** `ephemeral` takes free ports instead of the configured ones. */
  ports?: 'configured' | 'ephemeral';
  progress?: Progress;
  /** Gives up a start that is under way. */
  signal?: AbortSignal;
}

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

/** A running stack. */
export interface Stack {
  addresses: StackAddresses;
  /** The environment edge and worker run with. */
  env: Environment;
  /** The demo firm's administrator; undefined when HERMES_JWKS names another issuer. */
  token: Keys['token'];
  /** Whether callers can be heard, and why not. */
  speech: Speech;
  /** Running services by name: postgres, temporal, clio, lawpay, openai, worker, edge. */
  services(): string[];
  /** Process id of a service; undefined while it is down. */
  pid(name: string): number | undefined;
  /** Takes one service down until `raise`. */
  lower(name: string): Promise<void>;
  /** Starts a lowered service and waits until it is ready. */
  raise(name: string): Promise<void>;
  restart(name: string): Promise<void>;
  /** Ends a service like a crash (SIGKILL); it is started again by itself after a second or more. */
  kill(name: string): void;
  /** Stops everything in reverse order, within 10 s, and leaves no process. Safe to call twice. */
  stop(): Promise<void>;
  /** Ends everything at once. */
  abandon(): Promise<void>;
}

/** Starting order. Services of one rank do not need each other. */
const ranks = [['postgres'], ['temporal'], ['clio', 'lawpay', 'openai'], ['worker'], ['edge']] as const;

/**
 * Starts the embedded stack and waits until it takes calls. Everything it needs and the environment does not name is
 * started here; what can start at the same time does.
 * @throws ConfigError for wrong settings; StackError, ToolUnavailableError and others with one message for people.
 *   Nothing is left running then.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { progress = silentProgress } = options;
  const config = loadConfig(options.env);
  const dataDir = await openDataDir(options.dataDir ?? config.HERMES_DATA_DIR);
  const crew = createCrew(dataDir.at('logs'), ranks, progress.note);
  const giveUp = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, giveUp.signal]) : giveUp.signal;
  let ending: Promise<void> | undefined;
  const end = (how: () => Promise<void>): Promise<void> =>
    how().finally(() => {
      dataDir.release();
    });
  const stop = (): Promise<void> => (ending ??= end(crew.disband));
  try {
    signal.throwIfAborted();
    const site: Site = {
      config,
      env: options.env,
      root: join(import.meta.dirname, '..', '..', '..'),
      dataDir,
      cacheDir: cacheDirectory(options.env),
      ports: options.ports === 'ephemeral' ? await ephemeralPorts() : configuredPorts(config),
      crew,
      progress,
      signal,
    };
    const parts = await Promise.race([startParts(site), whenAborted(signal)]);
    return {
      ...parts,
      services: crew.names,
      pid: (name) => crew.find(name).pid,
      lower: (name) => crew.find(name).stop(),
      raise: (name) => crew.find(name).start(),
      restart: async (name) => {
        await crew.find(name).stop();
        await crew.find(name).start();
      },
      kill: (name) => crew.find(name).kill(),
      stop,
      abandon: () => end(crew.kill),
    };
  } catch (error) {
    giveUp.abort(new Error('the start failed'));
    await stop();
    throw error;
  }
}

async function startParts(site: Site): Promise<Pick<Stack, 'addresses' | 'env' | 'token' | 'speech'>> {
  const names = neededStandins(site.config, site.env);
  await requireFreePorts(site.config, site.ports, listenersOf(site, names));

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
    ([{ urls }, { place }, { keys }, { speech }]) => childEnvironment(site, urls, place, keys, speech, names),
  );
  const worker = env.then((environment) => startWorker(site, environment));
  const edge = env.then((environment) => startEdge(site, environment));

  const detail = (part: Promise<{ detail: string }>): Promise<string> => part.then((p) => p.detail);
  const { step } = site.progress;
  await Promise.all([
    step('PostgreSQL', detail(database)),
    step('Temporal', detail(temporal)),
    step('Migrations', migrations),
    step('Search attributes', attributes),
    step('Keys', detail(keys)),
    step('Stand-ins', detail(standins)),
    step('Demo firm', firm),
    step('Speech', detail(speech)),
    step('Worker', worker),
    step('Edge', edge),
  ]);
  const [{ urls }, { place }, { origins }] = await Promise.all([database, temporal, standins]);
  return {
    addresses: {
      api: edgeOrigin(site),
      temporal: place.address,
      temporalUi: place.uiUrl,
      standins: origins,
      database: urls,
    },
    env: await env,
    token: (await keys).keys.token,
    speech: (await speech).speech,
  };
}

const listenersOf = ({ config }: Site, standins: readonly StandinName[]): Listener[] => [
  ...(config.DATABASE_URL === undefined ? (['postgres'] as const) : []),
  ...(config.TEMPORAL_ADDRESS === undefined ? (['temporal', 'temporalUi'] as const) : []),
  ...standins,
  'worker',
  'edge',
];

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

function childEnvironment(
  site: Site,
  urls: DatabaseUrls,
  place: TemporalPlace,
  keys: Keys,
  speech: Speech,
  standins: readonly StandinName[],
): Environment {
  return {
    ...site.env,
    ...standinSettings(site, standins),
    ...speech.settings,
    HERMES_PORT: String(site.ports.edge),
    HERMES_WORKER_PORT: String(site.ports.worker),
    HERMES_DATA_DIR: site.dataDir.path,
    HERMES_SECRET_KEY: keys.secretKey,
    HERMES_JWKS: keys.jwks,
    DATABASE_URL: urls.app,
    DATABASE_OWNER_URL: undefined, // neither may change the schema
    TEMPORAL_ADDRESS: place.address,
    TEMPORAL_UI_URL: place.uiUrl,
  };
}

const whenAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    const give = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('stopped'));
    if (signal.aborted) give();
    else signal.addEventListener('abort', give, { once: true });
  });
