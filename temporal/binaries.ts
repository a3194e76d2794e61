/** The two programs of a Temporal server that HERMES runs itself, and where they can come from. */
import { provide, type ProvideOptions } from './provide.js';
import { run } from './run.js';
import { goBuild } from './sources/go-build.js';
import { sdkDownload } from './sources/sdk-download.js';
import { wheel } from './sources/wheel.js';
import type { Tool } from './tool.js';

export { cacheDirectory } from './cache.js';
export { ToolUnavailableError, type ProvideOptions } from './provide.js';

const CLI_VERSION = '1.9.1';
const TEST_SERVER_VERSION = '1.40.0';

/** Fairness keys, which share out an outside system's rate among tenants, came with server 1.29 (CLI 1.5). */
const OLDEST_SERVER = [1, 29] as const;

const CHECK_LIMIT_MS = 10_000;

const temporalCli: Tool = {
  id: 'temporal-cli',
  label: 'Temporal CLI',
  program: 'temporal',
  variable: 'TEMPORAL_CLI_PATH',
  async check(path, signal) {
    const printed = await run(path, ['--version'], { timeoutMs: CHECK_LIMIT_MS, signal });
    const found = /\(Server (\d+)\.(\d+)/.exec(printed);
    if (!found) throw new Error('does not say which version it is');
    const [, major, minor] = found;
    const isOld = Number(major) * 1_000 + Number(minor) < OLDEST_SERVER[0] * 1_000 + OLDEST_SERVER[1];
    if (isOld)
      throw new Error(`its server is ${major}.${minor}, HERMES needs ${OLDEST_SERVER.join('.')} or newer`);
  },
  sources: [sdkDownload('dev-server', CLI_VERSION), wheel('temporal-cli', CLI_VERSION, 'temporal'), goBuild],
  advice: [
    'install Python 3 with pip (Debian: apt-get install python3-pip), then run this again',
    'install Go 1.26 or newer, then run this again: it builds the CLI in about five minutes',
    'install the CLI yourself (https://docs.temporal.io/cli) on PATH, or name it in TEMPORAL_CLI_PATH',
    'use a Temporal server that already runs: TEMPORAL_ADDRESS=host:port',
  ],
};

const testServer: Tool = {
  id: 'temporal-test-server',
  label: 'Temporal test server',
  program: 'temporal-test-server',
  variable: 'TEMPORAL_TEST_SERVER_PATH',
  async check(path, signal) {
    // It has no version flag; without arguments it explains itself and leaves.
    const printed = await run(path, [], { timeoutMs: CHECK_LIMIT_MS, signal });
    if (!printed.includes('enable-time-skipping')) throw new Error('does not answer like the test server');
  },
  sources: [
    sdkDownload('time-skipping', TEST_SERVER_VERSION),
    wheel('temporal-test-server', TEST_SERVER_VERSION, 'temporal-test-server'),
  ],
  advice: [
    'install Python 3 with pip (Debian: apt-get install python3-pip), then run this again',
    'wrap the Java server (io.temporal:temporal-test-server on Maven Central) in an executable and name it in TEMPORAL_TEST_SERVER_PATH',
  ],
};

/** Path of a Temporal CLI whose dev server is new enough. @throws ToolUnavailableError */
export const ensureTemporalCli = (options: ProvideOptions): Promise<string> => provide(temporalCli, options);

/** Path of the time-skipping test server. @throws ToolUnavailableError */
export const ensureTestServer = (options: ProvideOptions): Promise<string> => provide(testServer, options);
