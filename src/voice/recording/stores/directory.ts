/** Keeps recordings in a directory of this machine. */
import { createReadStream } from 'node:fs';
import { copyFile, link, mkdir, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RecordingStore } from '../contract.js';

/** @param directory made when missing, for its owner alone. */
export function createDirectoryStore(directory: string): RecordingStore {
  const pathOf = (key: string): string => join(directory, key);
  return {
    name: 'directory',
    async put(key, from) {
      const to = pathOf(key);
      await mkdir(dirname(to), { recursive: true, mode: 0o700 });
      await rm(to, { force: true });
      // The same bytes under a second name: nothing is copied, and the spool lets go of its own name afterwards.
      await link(from, to).catch((error: unknown) => {
        if (codeOf(error) === 'ENOENT') throw error;
        return copyFile(from, to);
      });
    },
    async get(key, signal) {
      const file = await open(pathOf(key), 'r').catch((error: unknown) => {
        if (codeOf(error) === 'ENOENT') return null;
        throw error;
      });
      return file && createReadStream('', { fd: file, signal });
    },
    delete: (key) => rm(pathOf(key), { force: true }),
  };
}

/** By shape: an error of the file system may come from another realm. */
const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
