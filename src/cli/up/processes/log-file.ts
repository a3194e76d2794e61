import { closeSync, existsSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** A child's log keeps its newest 10–20 MB: the file and one before it. */
const CAP_BYTES = 10 << 20;
const TAIL_LINES = 40;

/**
 * What one child prints, in a file that is rotated at the start and when it grows past the cap. Remembers the last
 * lines for error messages.
 */
export class LogFile {
  #descriptor: number;
  #bytes = 0;
  #tail: string[] = [];
  #rest = '';
  #isOpen = true;

  /** @throws file-system errors (ENOSPC, EACCES). */
  constructor(readonly path: string) {
    mkdirSync(dirname(path), { recursive: true });
    this.#descriptor = this.#rotate();
  }

  /** Never throws: a full disk costs log lines, not the child. */
  write(chunk: string): void {
    this.#remember(chunk);
    if (!this.#isOpen) return;
    if (this.#bytes > CAP_BYTES) {
      closeSync(this.#descriptor);
      this.#descriptor = this.#rotate();
    }
    try {
      this.#bytes += writeSync(this.#descriptor, chunk);
    } catch {
      return;
    }
  }

  /** The last `count` non-empty lines. */
  tail(count: number): string[] {
    return this.#tail.slice(-count);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync(this.#descriptor);
  }

  #rotate(): number {
    if (existsSync(this.path)) renameSync(this.path, `${this.path}.1`);
    this.#bytes = 0;
    return openSync(this.path, 'a', 0o600);
  }

  #remember(chunk: string): void {
    const lines = (this.#rest + chunk).split('\n');
    this.#rest = lines.pop() ?? '';
    this.#tail = [...this.#tail, ...lines.filter((line) => line.trim() !== '')].slice(-TAIL_LINES);
  }
}
