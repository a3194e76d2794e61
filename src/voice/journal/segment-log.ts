/**
 * The journal's files: numbered segments, appended to one at a time, deleted oldest first.
 *
 * One log for all calls rather than a file per call: a hundred calls then share one fsync per batch. The price is that a
 * segment can go only when nothing in it is needed any more, so each segment begins with the calls that are still live,
 * and the few events that keep an old segment alive are carried forward (journal.ts).
 */
import { open as openFile, readFile, readdir, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

/** The file operations that can fail when a disk is full; a seam for tests of exactly that. */
export type OpenSegment = (path: string) => Promise<Pick<FileHandle, 'write' | 'datasync' | 'close'>>;

const openNew: OpenSegment = (path) => openFile(path, 'wx', 0o600);
const namePattern = /^segment-(\d{10})\.log$/;
const nameOf = (number: number): string => `segment-${String(number).padStart(10, '0')}.log`;

/** What an earlier process left in one segment. */
export interface LeftSegment {
  number: number;
  /** Complete lines, without newlines. */
  lines: string[];
  /** Bytes after the last newline: a write that was cut off. */
  torn: boolean;
}

export class SegmentLog {
  readonly #directory: string;
  readonly #open: OpenSegment;
  #file: Awaited<ReturnType<OpenSegment>> | undefined;
  #number: number;
  #bytes = 0;

  constructor(directory: string, lastNumber: number, open: OpenSegment = openNew) {
    this.#directory = directory;
    this.#number = lastNumber;
    this.#open = open;
  }

  /** Number of the segment written to, or of the last one when none is open. */
  get current(): number {
    return this.#number;
  }

  get isOpen(): boolean {
    return this.#file !== undefined;
  }

  /** Size of the current segment. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Begins the next segment. @throws the file system's error; the log then has no open segment. */
  async rotate(): Promise<void> {
    await this.abandon();
    this.#number += 1;
    this.#file = await this.#open(join(this.#directory, nameOf(this.#number)));
    await syncDirectory(this.#directory);
  }

  /**
   * Appends and, when asked, waits until it is on the disk. After an error the segment is abandoned: what a failed write
   * or fsync left behind is unknown.
   */
  async append(text: string, durable: boolean): Promise<void> {
    if (!this.#file) throw new Error('no segment is open');
    const bytes = Buffer.from(text, 'latin1');
    try {
      for (let written = 0; written < bytes.length;) {
        const step = await this.#file.write(bytes, written, bytes.length - written, this.#bytes + written);
        written += step.bytesWritten;
      }
      if (durable) await this.#file.datasync();
      this.#bytes += bytes.length;
    } catch (error) {
      const holdsNothing = this.#bytes === 0;
      await this.abandon();
      if (holdsNothing) await this.delete(this.#number).catch(() => undefined);
      throw error;
    }
  }

  /** Closes the current segment; the next append needs `rotate`. */
  async abandon(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    this.#bytes = 0;
    await file?.close().catch(() => undefined);
  }

  async delete(number: number): Promise<void> {
    await rm(join(this.#directory, nameOf(number)), { force: true });
  }
}

/** Reads every segment in the directory, oldest first. */
export async function readSegments(directory: string): Promise<LeftSegment[]> {
  const segments: LeftSegment[] = [];
  for (const name of (await readdir(directory)).sort()) {
    const number = Number(namePattern.exec(name)?.[1]);
    if (Number.isNaN(number)) continue;
    const lines = (await readFile(join(directory, name), 'latin1')).split('\n');
    const rest = lines.pop();
    segments.push({ number, lines, torn: rest !== '' });
  }
  return segments;
}

/** Makes a new file's name itself durable. Not every platform allows it; then the file system decides. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await openFile(directory, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
