/** The workflow bundle: webpack takes seconds, so it is built once per state of the sources and kept in a file. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { failureConverterPath } from '../codec/data-converter.js';
import type { Logger } from '../telemetry/logger.js';

export interface BundleOptions {
  /** The folder that holds `workflows/` and `domain/`. */
  sourceDir: string;
  /** Where finished bundles are kept. */
  cacheDir: string;
  logger: Logger;
}

/** Folders a workflow may import from, and the failure converter's; a change in any of them is another bundle. */
const bundledFolders = ['workflows', 'domain', 'codec'];
/** Packages whose code ends up in the bundle. */
const bundledPackages = ['@temporalio/worker', 'zod'];
const NAME = /^workflows-[0-9a-f]{64}\.js$/;

/** @returns the path of a bundle of the current sources, built when there is none yet. */
export async function provideWorkflowBundle(options: BundleOptions): Promise<string> {
  const { sourceDir, cacheDir, logger } = options;
  const path = join(cacheDir, `workflows-${await fingerprint(sourceDir)}.js`);
  if (await exists(path)) return path;
  const startedMs = performance.now();
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(sourceDir, 'workflows', 'index.ts'),
    failureConverterPath,
    // Sources import "./x.js" as Node wants it; webpack must look for "./x.ts".
    webpackConfigHook: ({ resolve: { alias, ...resolve } = {}, ...config }) => ({
      ...config,
      resolve: {
        ...resolve,
        extensionAlias: { '.js': ['.ts', '.js'] },
        alias: {
          ...(alias as Record<string, string>),
          zod$: join(sourceDir, 'workflows', 'zod-on-demand.cjs'),
        },
      },
    }),
    logger: new DefaultLogger('WARN', ({ message }) =>
      logger.warn({ bundler: message }, 'bundling workflows'),
    ),
  });
  await mkdir(cacheDir, { recursive: true });
  // Renamed into place: an interrupted build is never taken for a whole one, and two builders do not mix.
  const unfinished = `${path}.${process.pid}`;
  await writeFile(unfinished, code);
  await rename(unfinished, path);
  await removeOthers(cacheDir, path);
  logger.info({ tookMs: Math.round(performance.now() - startedMs), bytes: code.length }, 'workflows bundled');
  return path;
}

async function fingerprint(sourceDir: string): Promise<string> {
  const hash = createHash('sha256');
  const require = createRequire(join(sourceDir, 'workflows', 'index.ts'));
  for (const name of bundledPackages) {
    const manifest = JSON.parse(await readFile(require.resolve(`${name}/package.json`), 'utf8')) as {
      version: string;
    };
    hash.update(`${name}@${manifest.version}\n`);
  }
  for (const folder of bundledFolders) {
    const entries = await readdir(join(sourceDir, folder), { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    for (const file of files.sort()) {
      hash.update(`${relative(sourceDir, file)}\n`).update(await readFile(file));
    }
  }
  return hash.digest('hex');
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

async function removeOthers(cacheDir: string, kept: string): Promise<void> {
  for (const name of await readdir(cacheDir)) {
    if (NAME.test(name) && join(cacheDir, name) !== kept) await rm(join(cacheDir, name), { force: true });
  }
}
