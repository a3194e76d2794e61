import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../run.js';
import type { Source } from '../tool.js';

/** Where the SDK fetches servers from. Asked first, so that a closed network costs seconds and not minutes. */
const DOWNLOAD_SITE = 'https://temporal.download/';
const SITE_ANSWER_LIMIT_MS = 4_000;
const DOWNLOAD_LIMIT_MS = 120_000;

/**
 * The SDK's own download of a pinned version. It runs in a child process, because the SDK offers no way to stop a
 * download and starts the server it fetched.
 */
export function sdkDownload(kind: 'dev-server' | 'time-skipping', version: string): Source {
  return {
    label: 'download by the SDK',
    version,
    async fetch(scratch, { onProgress, signal }) {
      await siteAnswers(signal);
      onProgress(`temporal ${version}: the SDK downloads it`);
      const child = fileURLToPath(new URL('./sdk-download.main.ts', import.meta.url));
      const args = ['--import', 'tsx', child, kind, `v${version}`, scratch];
      await run(process.execPath, args, { timeoutMs: DOWNLOAD_LIMIT_MS, signal });
      const [program] = await readdir(scratch);
      if (program === undefined) throw new Error('the SDK left no file behind');
      return join(scratch, program);
    },
  };
}

async function siteAnswers(signal?: AbortSignal): Promise<void> {
  const limits = [AbortSignal.timeout(SITE_ANSWER_LIMIT_MS), ...(signal ? [signal] : [])];
  try {
    const answer = await fetch(DOWNLOAD_SITE, { method: 'HEAD', signal: AbortSignal.any(limits) });
    await answer.body?.cancel();
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const why = cause instanceof Error ? cause.message : 'no answer';
    throw new Error(`${new URL(DOWNLOAD_SITE).host} cannot be reached (${why})`, { cause: error });
  }
}
