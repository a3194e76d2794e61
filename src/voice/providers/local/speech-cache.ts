/**
 * The recogniser's home: a directory in the machine's cache, filled once with pip and shared by every clone.
 *
 * A directory with its final name is always whole: it is filled under a name of its own, tried, and renamed. Two
 * processes that fill it at once both end well; the second to finish throws its copy away.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { probePython, runPython, type Interpreter } from './python.js';

export type Pocketsphinx =
  | {
      ok: true;
      /** Absolute path of the interpreter that fits the packages. */
      python: string;
      /** Directory to put on its module path. */
      sitePackages: string;
    }
  | {
      ok: false;
      /** One plain sentence for the person at the terminal. */
      reason: string;
    };

export interface EnsureOptions {
  /** The cache directory of the product, shared by all clones on the machine; made when missing. */
  cacheDir: string;
  /** Interpreter to use. Unset: the first on PATH that fits. */
  python?: string | undefined;
  /** Told what is being done, one short line each. */
  onProgress: (line: string) => void;
  signal?: AbortSignal | undefined;
}

const candidates = ['python3', 'python3.13', 'python3.11', 'python3.12', 'python3.10', 'python'];
/** Versions that `pocketsphinx.requirements.txt` has wheels for. */
const fitting = new Set(['3.10', '3.11', '3.12', '3.13']);
const PINS = fileURLToPath(new URL('./pocketsphinx.requirements.txt', import.meta.url));
/** 29 MB take 2 s on a good line; this allows 0.25 MB/s. */
const DOWNLOAD_TIMEOUT_MS = 120_000;
const UNPACK_TIMEOUT_MS = 60_000;
/** Older scratch directories were left by a process that was killed. */
const STALE_MS = 3_600_000;

/**
 * Finds the recogniser in the cache, or fetches it with pip (29 MB, pinned by hash). Never rejects but for `signal`: a
 * machine without Python or without network takes typed calls, and `reason` says why.
 */
export async function ensurePocketsphinx(options: EnsureOptions): Promise<Pocketsphinx> {
  const pins = createHash('sha256')
    .update(await readFile(PINS))
    .digest('hex')
    .slice(0, 12);
  const problems: string[] = [];
  for (const command of options.python ? [options.python] : candidates) {
    const python = await probePython(command, options.signal);
    if (!python) continue;
    const home = join(options.cacheDir, 'pocketsphinx', `${pins}-${python.abi}`);
    const found = { ok: true, python: python.executable, sitePackages: home } as const;
    if (await isDirectory(home)) return found;
    const obstacle = obstacleOf(python);
    if (obstacle) {
      problems.push(obstacle);
      continue;
    }
    try {
      await fill(home, python, options);
      return found;
    } catch (error) {
      options.signal?.throwIfAborted();
      const why = error instanceof Error ? error.message : String(error);
      return { ok: false, reason: `The speech recogniser could not be fetched: ${why}` };
    }
  }
  const looked = options.python ?? 'python3';
  return { ok: false, reason: problems[0] ?? `No working Python 3 was found (looked for ${looked}).` };
}

function obstacleOf(python: Interpreter): string | undefined {
  if (!fitting.has(python.version)) {
    return `Python ${python.version} has no ready-made build of the speech recogniser; 3.10 to 3.13 have one.`;
  }
  return python.hasPip ? undefined : `${python.executable} has no pip to fetch the speech recogniser with.`;
}

async function fill(home: string, python: Interpreter, { onProgress, signal }: EnsureOptions): Promise<void> {
  const parent = join(home, '..');
  await mkdir(parent, { recursive: true });
  await removeStale(parent);
  const scratch = join(parent, `.filling-${process.pid}-${randomUUID()}`);
  const unpacked = join(scratch, 'site');
  await mkdir(unpacked, { recursive: true });
  try {
    onProgress('speech recogniser: downloading pocketsphinx with pip (29 MB)');
    await download(python.executable, scratch, signal);
    const wheel = (await readdir(scratch)).find((name) => name.endsWith('.whl'));
    if (!wheel) throw new Error('pip left no wheel behind');
    const within = { timeoutMs: UNPACK_TIMEOUT_MS, signal };
    await runPython(python.executable, ['-m', 'zipfile', '-e', join(scratch, wheel), unpacked], within);
    const trial = 'import sys; sys.path.insert(0, sys.argv[1]); import pocketsphinx; pocketsphinx.Decoder';
    await runPython(python.executable, ['-c', trial, unpacked], within);
    await moveIntoPlace(unpacked, home);
    onProgress('speech recogniser: ready');
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Download and unpack, not install: so no user, target or externally-managed setting of the machine's pip gets in the way. */
async function download(python: string, into: string, signal?: AbortSignal): Promise<void> {
  const strict = ['--require-hashes', '--no-deps', '--only-binary=:all:', '-r', PINS, '--dest', into];
  const calm = ['--quiet', '--no-input', '--disable-pip-version-check', '--timeout', '15', '--retries', '2'];
  await runPython(python, ['-m', 'pip', 'download', ...calm, ...strict], {
    timeoutMs: DOWNLOAD_TIMEOUT_MS,
    signal,
  });
}

async function moveIntoPlace(made: string, home: string): Promise<void> {
  try {
    await rename(made, home);
  } catch (error) {
    // A directory cannot be renamed onto a full one: another process was first, and its copy is as good.
    if (!(await isDirectory(home))) throw error;
  }
}

async function removeStale(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith('.filling-')) continue;
    const path = join(parent, name);
    const modifiedMs = (await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now();
    if (Date.now() - modifiedMs > STALE_MS) await rm(path, { recursive: true, force: true });
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}
