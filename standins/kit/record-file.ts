import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Append-only file of JSON lines. Each line is handed to the operating system before the call returns, so killing the
 * process loses nothing; only a power cut could.
 */
export interface RecordFile {
  /** What earlier runs appended, oldest first. */
  readonly restored: readonly unknown[];
  append(entry: unknown): void;
  /** Forgets everything. */
  clear(): void;
  close(): void;
}

/**
 * Opens (or creates) the file and reads it. A last line cut short by a crash in mid-write is dropped.
 * @throws Error when the path cannot be written or a whole line is not JSON.
 */
export function openRecordFile(path: string): RecordFile {
  mkdirSync(dirname(path), { recursive: true });
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const restored = whole
    .split('\n')
    .filter(Boolean)
    .map((line): unknown => JSON.parse(line));
  const file = openSync(path, 'a');
  if (whole.length < text.length) ftruncateSync(file, Buffer.byteLength(whole));
  let open = true;
  return {
    restored,
    append: (entry) => {
      writeSync(file, `${JSON.stringify(entry)}\n`);
    },
    clear: () => ftruncateSync(file, 0),
    close: () => {
      if (open) closeSync(file);
      open = false;
    },
  };
}
