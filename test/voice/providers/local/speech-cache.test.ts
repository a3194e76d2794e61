import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensurePocketsphinx, type Pocketsphinx } from '../../../../src/voice/providers/local/speech-cache.js';
import { eventually } from '../../../support/eventually.js';

let directory: string;
let cacheDir: string;
let python: string;

/**
 * A Python whose pip hands out a small wheel from disk, so that no test needs the network. Everything else it passes on to
 * the real one. `download` is what its pip does, as shell.
 */
async function pythonWithPip(download: string, version = '3.11'): Promise<string> {
  const probe = JSON.stringify({ executable: python, version, abi: 'test-abi', hasPip: version !== '3.13' });
  const script = `#!/bin/sh
case "$*" in
  *hasPip*) echo '${probe}' ;;
  *"pip download"*) for into; do :; done; echo x >> "${directory}/downloads"; ${download} ;;
  *) exec python3 "$@" ;;
esac
`;
  await writeFile(python, script);
  await chmod(python, 0o755);
  return python;
}

const hand = (wheel: string) => `sleep 0.3; cp "${wheel}" "$into/"`;

async function wheel(source: string): Promise<string> {
  const root = await mkdtemp(join(directory, 'wheel-'));
  await mkdir(join(root, 'pocketsphinx'));
  await writeFile(join(root, 'pocketsphinx', '__init__.py'), source);
  const file = join(directory, 'pocketsphinx-5.1.1-py3-none-any.whl');
  execFileSync('python3', ['-m', 'zipfile', '-c', file, join(root, 'pocketsphinx')]);
  return file;
}

const ensure = (signal?: AbortSignal): Promise<Pocketsphinx> =>
  ensurePocketsphinx({ cacheDir, python, onProgress: () => undefined, signal });

/** Names in the recogniser's cache. */
const cached = () => readdir(join(cacheDir, 'pocketsphinx')).catch(() => []);
const downloads = async () =>
  (await readFile(join(directory, 'downloads'), 'utf8')).trim().split('\n').length;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hermes-speech-cache-'));
  cacheDir = join(directory, 'cache');
  python = join(directory, 'python3');
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe('the recogniser’s place in the cache', () => {
  test('it is fetched once and then found, with a line of progress for the first time only', async () => {
    await pythonWithPip(hand(await wheel('Decoder = 1')));
    const lines: string[] = [];
    const onProgress = (line: string) => lines.push(line);
    const first = await ensurePocketsphinx({ cacheDir, python, onProgress });
    expect(first).toMatchObject({ ok: true, python });
    expect(lines.length).toBe(2);
    expect(await ensurePocketsphinx({ cacheDir, python, onProgress })).toEqual(first);
    expect(lines.length).toBe(2);
    expect(await downloads()).toBe(1);
  });

  test('two processes that fill it at once both get the one whole copy', async () => {
    await pythonWithPip(hand(await wheel('Decoder = 1')));
    const module = fileURLToPath(
      new URL('../../../../src/voice/providers/local/speech-cache.ts', import.meta.url),
    );
    const program = join(directory, 'fill.mts');
    await writeFile(
      program,
      `import { ensurePocketsphinx } from ${JSON.stringify(module)};
       const found = await ensurePocketsphinx({ cacheDir: ${JSON.stringify(cacheDir)}, python: ${JSON.stringify(python)}, onProgress: () => {} });
       process.exitCode = found.ok ? 0 : 1;`,
    );
    const runs = [1, 2].map(() =>
      once(
        spawn(process.execPath, ['--import', 'tsx', program], { stdio: 'inherit', cwd: process.cwd() }),
        'exit',
      ),
    );
    expect(await Promise.all(runs)).toEqual([
      [0, null],
      [0, null],
    ]);
    expect(await downloads()).toBe(2);
    const names = await cached();
    expect(names.length).toBe(1);
    expect(await readdir(join(cacheDir, 'pocketsphinx', names[0]!, 'pocketsphinx'))).toContain('__init__.py');
  });

  test('a fetch that is broken off leaves nothing that could be taken for the whole, and the next one succeeds', async () => {
    const file = await wheel('Decoder = 1');
    await pythonWithPip(`head -c 100 "${file}" > "$into/$(basename ${file})"; exec sleep 30`);
    const controller = new AbortController();
    const broken = ensure(controller.signal);
    broken.catch(() => undefined);
    await eventually(downloads, { withinMs: 5000, what: 'the download to begin' });
    controller.abort(new Error('stopped'));
    await expect(broken).rejects.toThrow('stopped');
    expect(await cached()).toEqual([]);
    await pythonWithPip(hand(file));
    expect(await ensure()).toMatchObject({ ok: true });
  });

  test('what a killed process left behind is not used, and is cleared away when it is old', async () => {
    const parent = join(cacheDir, 'pocketsphinx');
    for (const name of ['.filling-1-old', '.filling-2-new']) {
      await mkdir(join(parent, name, 'site'), { recursive: true });
    }
    const twoHoursAgo = new Date(Date.now() - 7_200_000);
    await utimes(join(parent, '.filling-1-old'), twoHoursAgo, twoHoursAgo);
    await pythonWithPip(hand(await wheel('Decoder = 1')));
    expect(await ensure()).toMatchObject({ ok: true });
    const names = await cached();
    expect(names).not.toContain('.filling-1-old');
    expect(names).toContain('.filling-2-new');
  });

  test.each([
    [
      'pip fails',
      'echo "ERROR: No matching distribution found" >&2; exit 1',
      'No matching distribution found',
    ],
    ['a damaged file', 'echo nonsense > "$into/pocketsphinx.whl"', 'not a zip file'],
    ['no file at all', 'true', 'pip left no wheel behind'],
  ])('with %s the reason is one plain sentence and nothing is cached', async (_name, download, why) => {
    await pythonWithPip(download);
    const found = await ensure();
    expect(found).toMatchObject({ ok: false });
    expect(!found.ok && found.reason).toMatch(/^The speech recogniser could not be fetched: [^\n]+$/);
    expect(!found.ok && found.reason.toLowerCase()).toContain(why.toLowerCase());
    expect(await cached()).toEqual([]);
  });

  test('a package that does not load on this machine is not cached', async () => {
    await pythonWithPip(hand(await wheel('raise ImportError("wrong libc")')));
    const found = await ensure();
    expect(!found.ok && found.reason).toContain('wrong libc');
    expect(await cached()).toEqual([]);
  });

  test('without Python, without pip, or with a Python too new, the reason says which', async () => {
    expect(await ensure()).toEqual({
      ok: false,
      reason: `No working Python 3 was found (looked for ${python}).`,
    });
    await pythonWithPip('true', '3.13');
    expect(await ensure()).toEqual({
      ok: false,
      reason: `${python} has no pip to fetch the speech recogniser with.`,
    });
    await pythonWithPip('true', '3.99');
    const found = await ensure();
    expect(!found.ok && found.reason).toContain('Python 3.99 has no ready-made build');
  });
});
