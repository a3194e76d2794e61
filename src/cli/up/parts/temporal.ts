import { searchAttributes } from '../../../workflows/search-attributes.js';
import { ensureTemporalCli } from '../../../../temporal/binaries.js';
import { devServerArguments, waitForTemporal } from '../../../../temporal/dev-server.js';
import { registerSearchAttributes } from '../../../../temporal/search-attributes.js';
import { LOOPBACK } from '../addresses.js';
import { shownPath } from '../data-dir.js';
import type { Site } from '../site.js';
import { edgeOrigin } from './application.js';

export interface TemporalPlace {
  address: string;
  /** Undefined when a server of someone else's is used and nobody said where its UI is. */
  uiUrl: string | undefined;
}

const READY_WITHIN_MS = 30_000;

/** The embedded dev server, or the one the environment names. */
export async function provideTemporal(site: Site): Promise<{ place: TemporalPlace; detail: string }> {
  const { TEMPORAL_ADDRESS: given, TEMPORAL_NAMESPACE: namespace, TEMPORAL_UI_URL: givenUi } = site.config;
  if (given !== undefined) {
    await waitForTemporal(given, namespace, { withinMs: 10_000, signal: site.signal });
    return { place: { address: given, uiUrl: givenUi }, detail: `${given} (TEMPORAL_ADDRESS)` };
  }
  const cli = await ensureTemporalCli({
    explicitPath: site.config.TEMPORAL_CLI_PATH,
    searchPath: site.env['PATH'] ?? '',
    cacheDir: site.cacheDir,
    onProgress: site.progress.note,
    signal: site.signal,
  });
  const { temporal: port, temporalUi: uiPort } = site.ports;
  const address = `${LOOPBACK}:${port}`;
  const databaseFile = site.dataDir.at('temporal', 'temporal.db');
  await site.crew.engage({
    spec: {
      name: 'temporal',
      command: cli,
      args: devServerArguments({
        databaseFile,
        ip: LOOPBACK,
        port,
        uiPort,
        namespace,
        codecEndpoint: `${edgeOrigin(site)}/api/v1/codec`,
      }),
      env: { PATH: site.env['PATH'], HOME: site.dataDir.path },
      cwd: site.dataDir.path,
      stopSignal: 'SIGINT',
    },
    ready: (_child, signal) => waitForTemporal(address, namespace, { withinMs: READY_WITHIN_MS, signal }),
    readyWithinMs: READY_WITHIN_MS,
    graceMs: 1_500,
  });
  const uiUrl = givenUi ?? `http://${LOOPBACK}:${uiPort}`;
  return { place: { address, uiUrl }, detail: `${address}, data in ${shownPath(databaseFile)}` };
}

/** Registers the attributes that are missing and tells which. */
export async function applySearchAttributes(site: Site, place: TemporalPlace): Promise<string> {
  const added = await registerSearchAttributes(
    place.address,
    site.config.TEMPORAL_NAMESPACE,
    searchAttributes,
  );
  return added.length === 0 ? 'nothing to do' : `added ${added.length}`;
}
