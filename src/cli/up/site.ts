import type { Config } from '../../config/schema.js';
import type { Ports } from './addresses.js';
import type { DataDir } from './data-dir.js';
import type { Crew } from './processes/crew.js';
import type { Progress } from './progress.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What every part of a starting stack works with. */
export interface Site {
  config: Config;
  /** The environment the configuration came from; children get it with additions. */
  env: Environment;
  /** The repository. */
  root: string;
  dataDir: DataDir;
  cacheDir: string;
  ports: Ports;
  crew: Crew;
  progress: Progress;
  /** Aborts when the start is given up. */
  signal: AbortSignal;
}

/** Command line of one of our own TypeScript programs. */
export const ownProgram = (site: Site, path: string, args: readonly string[] = []) => ({
  command: process.execPath,
  args: ['--import', 'tsx', path, ...args],
  cwd: site.root,
});
