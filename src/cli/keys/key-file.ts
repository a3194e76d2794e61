import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';

/** The embedded stack's payload keys: one line, as HERMES_PAYLOAD_KEYS. */
export interface KeyFile {
  /** Newest first. */
  readonly ids: readonly string[];
  /** Epoch milliseconds. */
  readonly changedAtMs: number;
  /** @param key `ID:KEY`. @returns its id. */
  add(key: string): string;
  /** @throws Error for the newest key, which seals. */
  remove(id: string): void;
}

const idOf = (key: string): string => key.split(':', 1)[0] ?? '';

/** @throws Error when there is no file: the first start makes it. */
export function openKeyFile(path: string): KeyFile {
  const keys = read(path);
  const store = (next: readonly string[]): void => {
    const scratch = `${path}.${randomUUID()}`;
    writeFileSync(scratch, next.join(','), { mode: 0o600, flush: true });
    renameSync(scratch, path);
  };
  return {
    ids: keys.map(idOf),
    changedAtMs: statSync(path).mtimeMs,
    add(key) {
      store([key, ...keys]);
      return idOf(key);
    },
    remove(id) {
      if (id === idOf(keys[0] ?? '')) throw new Error(`${id} is the key that seals: rotate first.`);
      store(keys.filter((key) => idOf(key) !== id));
    },
  };
}

function read(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').trim().split(',');
  } catch (cause) {
    throw new Error(`There are no keys in ${path}: the first npm start makes one.`, { cause });
  }
}
