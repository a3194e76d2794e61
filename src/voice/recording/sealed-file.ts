/** Writes one encrypted recording, chunk by chunk. One operation at a time: the caller waits for each. */
import { randomBytes } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import type { KeyWrap, RecordingFacts } from './contract.js';
import { encodeHead, KEY_BYTES, keyContext, openChunk, sealChunk } from './format.js';
import { silenceLeft, STEREO_FRAME_BYTES } from './stereo.js';

export type RecordingFile = Pick<FileHandle, 'write' | 'read' | 'datasync' | 'close'>;
/** Makes a new file readable by its owner alone. @throws the system's error, `EEXIST` when it is there already. */
export type OpenRecordingFile = (path: string) => Promise<RecordingFile>;

const openPrivately: OpenRecordingFile = (path) => open(path, 'wx+', 0o600);

/** Where a chunk of sound lies. */
interface Place {
  index: number;
  offset: number;
  bytes: number;
  firstFrame: number;
  frames: number;
}

export class SealedFile {
  readonly #file: RecordingFile;
  readonly #key: Buffer;
  /** Chunks that may still have to be silenced. */
  #recent: Place[] = [];
  #offset = 0;
  #index = 0;
  #frames = 0;

  private constructor(file: RecordingFile, key: Buffer) {
    this.#file = file;
    this.#key = key;
  }

  /** Makes the file with its head and facts. @throws the system's error. */
  static async create(
    path: string,
    facts: RecordingFacts,
    keys: KeyWrap,
    openFile: OpenRecordingFile = openPrivately,
  ): Promise<SealedFile> {
    const key = randomBytes(KEY_BYTES);
    const head = encodeHead(keys.seal(key, keyContext(facts.tenantId, facts.callId)));
    const file = new SealedFile(await openFile(path), key);
    await file.#write(head);
    await file.#write(file.#sealNext(Buffer.from(JSON.stringify(facts)), false));
    return file;
  }

  /** Length of the file so far. */
  get bytes(): number {
    return this.#offset;
  }

  /** Adds sound: interleaved stereo, whole frames. */
  async append(pcm: Buffer): Promise<void> {
    const frames = pcm.length / STEREO_FRAME_BYTES;
    const place = { index: this.#index, offset: this.#offset, firstFrame: this.#frames, frames };
    const sealed = this.#sealNext(pcm, false);
    this.#recent.push({ ...place, bytes: sealed.length });
    this.#frames += frames;
    await this.#write(sealed);
  }

  /** Frames before this one will not be silenced any more. */
  settle(beforeFrame: number): void {
    this.#recent = this.#recent.filter((place) => place.firstFrame + place.frames > beforeFrame);
  }

  /** Overwrites the caller's side of these frames with silence, in place: the old bytes are gone from the file. */
  async silence(fromFrame: number, toFrame: number): Promise<void> {
    for (const place of this.#recent) {
      const from = Math.max(0, fromFrame - place.firstFrame);
      const to = Math.min(place.frames, toFrame - place.firstFrame);
      if (from >= to) continue;
      const sealed = Buffer.alloc(place.bytes);
      await this.#file.read(sealed, 0, sealed.length, place.offset);
      const pcm = openChunk(this.#key, place.index, sealed);
      silenceLeft(pcm, from, to);
      await this.#writeAt(sealChunk(this.#key, place.index, pcm, false), place.offset);
    }
  }

  /** Marks the end and makes all of it durable. */
  async finish(): Promise<void> {
    await this.#write(this.#sealNext(Buffer.alloc(0), true));
    await this.#file.datasync();
  }

  /** Lets go of the file as it is. */
  async close(): Promise<void> {
    this.#key.fill(0);
    await this.#file.close();
  }

  #sealNext(plain: Buffer, last: boolean): Buffer {
    return sealChunk(this.#key, this.#index++, plain, last);
  }

  async #write(bytes: Buffer): Promise<void> {
    await this.#writeAt(bytes, this.#offset);
    this.#offset += bytes.length;
  }

  async #writeAt(bytes: Buffer, offset: number): Promise<void> {
    for (let written = 0; written < bytes.length;) {
      const left = bytes.length - written;
      written += (await this.#file.write(bytes, written, left, offset + written)).bytesWritten;
    }
  }
}
