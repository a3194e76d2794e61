/** Uploads in parts that have not ended. */
import { createHash, randomBytes } from 'node:crypto';

export const etagOf = (bytes: Uint8Array): string => `"${createHash('md5').update(bytes).digest('hex')}"`;

interface Upload {
  key: string;
  parts: Map<number, Buffer>;
}

export class Uploads {
  readonly #open = new Map<string, Upload>();

  /** Ids and keys of those whose key begins so. */
  list(prefix: string): { id: string; key: string }[] {
    return [...this.#open].map(([id, { key }]) => ({ id, key })).filter(({ key }) => key.startsWith(prefix));
  }

  begin(key: string): string {
    const id = randomBytes(12).toString('hex');
    this.#open.set(id, { key, parts: new Map() });
    return id;
  }

  /** @returns whether there is such an upload. */
  add(id: string, key: string, part: number, bytes: Buffer): boolean {
    const upload = this.#open.get(id);
    if (upload?.key !== key) return false;
    upload.parts.set(part, bytes);
    return true;
  }

  /** @returns the whole, or S3's code for what is wrong with the list. */
  end(id: string, key: string, xml: string, leastBytes: number): Buffer | string {
    const upload = this.#open.get(id);
    if (upload?.key !== key) return 'NoSuchUpload';
    const listed = [...xml.matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>([^<]+)<\/ETag>/g)];
    if (listed.length === 0) return 'MalformedXML';
    const pieces: Buffer[] = [];
    for (const [at, [, number, etag]] of listed.entries()) {
      const bytes = upload.parts.get(Number(number));
      if (Number(number) !== at + 1) return 'InvalidPartOrder';
      if (!bytes || etagOf(bytes) !== etag) return 'InvalidPart';
      if (at < listed.length - 1 && bytes.length < leastBytes) return 'EntityTooSmall';
      pieces.push(bytes);
    }
    this.#open.delete(id);
    return Buffer.concat(pieces);
  }

  drop(id: string): boolean {
    return this.#open.delete(id);
  }

  clear(): void {
    this.#open.clear();
  }
}
