/** Large files go to an S3-compatible store in parts, of which nothing is an object before they are joined. */
import type { FileHandle } from 'node:fs/promises';
import { codeIn, type S3Client, StoreError } from './s3-client.js';

/** For taking an upload back: it must not wait for the signal that ended the upload. */
const TAKE_BACK_MS = 10_000;

export interface Upload {
  key: string;
  file: FileHandle;
  size: number;
  partBytes: number;
  signal: AbortSignal;
}

/** @throws StoreError, or the reason of the signal; then the store was asked to forget the parts it had taken. */
export async function putInParts(client: S3Client, upload: Upload): Promise<void> {
  const { key, signal } = upload;
  await dropEarlier(client, key, signal);
  const begun = await client.send({ method: 'POST', key, query: { uploads: '' }, signal });
  const uploadId = one('UploadId', await begun.text());
  if (uploadId === undefined) throw new StoreError('rejected', 'the store begins no upload in parts');
  try {
    const body = new TextEncoder().encode(
      `<CompleteMultipartUpload>${await sendParts(client, upload, uploadId)}</CompleteMultipartUpload>`,
    );
    const joined = await client.send({ method: 'POST', key, query: { uploadId }, body, signal });
    const told = await joined.text();
    // The answer begins before the work is done: 200 may still be an error.
    if (told.includes('<Error>'))
      throw new StoreError('unavailable', `the parts were not joined: ${codeIn(told)}`);
  } catch (error) {
    await drop(client, key, uploadId, AbortSignal.timeout(TAKE_BACK_MS)).catch(() => undefined);
    throw error;
  }
}

/** @returns the list of them that the store wants to see at the end. */
async function sendParts(client: S3Client, upload: Upload, uploadId: string): Promise<string> {
  const { key, file, size, partBytes, signal } = upload;
  let listed = '';
  for (let at = 0, number = 1; at < size; at += partBytes, number++) {
    const body = await readAt(file, at, Math.min(partBytes, size - at));
    const query = { partNumber: String(number), uploadId };
    const etag = (await client.settle({ method: 'PUT', key, query, body, signal })).get('etag');
    if (etag === null) throw new StoreError('rejected', 'the store names no part (ETag) it has taken');
    listed += `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`;
  }
  return listed;
}

/** Parts that a process left when it died are paid for until somebody drops them. Keys that may not list leave them. */
async function dropEarlier(client: S3Client, key: string, signal: AbortSignal): Promise<void> {
  try {
    const answer = await client.send({ method: 'GET', key: '', query: { uploads: '', prefix: key }, signal });
    for (const [upload] of (await answer.text()).matchAll(/<Upload>.*?<\/Upload>/gs)) {
      const uploadId = one('UploadId', upload);
      if (one('Key', upload) === key && uploadId !== undefined) await drop(client, key, uploadId, signal);
    }
  } catch (error) {
    if (!(error instanceof StoreError) || error.kind !== 'rejected') throw error;
  }
}

async function drop(client: S3Client, key: string, uploadId: string, signal: AbortSignal): Promise<void> {
  await client.settle({ method: 'DELETE', key, query: { uploadId }, signal });
}

const one = (name: string, xml: string): string | undefined =>
  new RegExp(`<${name}>([^<]+)</${name}>`).exec(xml)?.[1];

/** @throws Error when the file is shorter. */
export async function readAt(file: FileHandle, at: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  for (let read = 0; read < length;) {
    const { bytesRead } = await file.read(bytes, read, length - read, at + read);
    if (bytesRead === 0) throw new Error('the recording became shorter while it was read');
    read += bytesRead;
  }
  return bytes;
}
