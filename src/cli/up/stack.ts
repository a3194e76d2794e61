import { join } from 'node:path';
import { cacheDirectory } from '../../../temporal/binaries.js';
import { loadConfig } from '../../config/load.js';
import { configuredPorts, ephemeralPorts } from './addresses.js';
import { openDataDir } from './data-dir.js';
import { createCrew, type Crew } from './processes/crew.js';
import { silentProgress, type Progress } from './progress.js';
import type { Environment, Site } from './site.js';
import { startParts, type StartedParts } from './start-parts.js';

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

/** A running stack. */
export interface Stack extends StartedParts {
  /** Absolute path of the data directory. */
  dataDir: string;
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
  const { env, progress = silentProgress } = options;
  const config = loadConfig(env);
  const dataDir = await openDataDir(options.dataDir ?? config.HERMES_DATA_DIR);
  const crew = createCrew(dataDir.at('logs'), ranks, progress.note);
  const giveUp = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, giveUp.signal]) : giveUp.signal;
  let ending: Promise<void> | undefined;
  const stop = (): Promise<void> => (ending ??= crew.disband().finally(dataDir.release));
  try {
    const ports = options.ports === 'ephemeral' ? await ephemeralPorts() : configuredPorts(config);
    const root = join(import.meta.dirname, '..', '..', '..');
    const cacheDir = cacheDirectory(env);
    const site: Site = { config, env, root, dataDir, cacheDir, ports, crew, progress, signal };
    const parts = await Promise.race([startParts(site), whenAborted(signal)]);
    return {
      ...parts,
      ...controls(crew),
      dataDir: dataDir.path,
      stop,
      abandon: () => crew.kill().finally(dataDir.release),
    };
  } catch (error) {
    giveUp.abort(new Error('the start failed'));
    await stop();
    throw error;
  }
}

const controls = (crew: Crew): Pick<Stack, 'services' | 'pid' | 'lower' | 'raise' | 'restart' | 'kill'> => ({
  services: crew.names,
  pid: (name) => crew.find(name).pid,
  lower: (name) => crew.find(name).stop(),
  raise: (name) => crew.find(name).start(),
  restart: async (name) => {
    await crew.find(name).stop();
    await crew.find(name).start();
  },
  kill: (name) => crew.find(name).kill(),
});

const whenAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    const give = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('stopped'));
    if (signal.aborted) give();
    else signal.addEventListener('abort', give, { once: true });
  });
