/**
 * Documents take three requests: Clio makes the record, its storage takes the bytes, Clio is told that they are there. Until
 * the third the document is hidden from everybody.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { OutsideError } from '../../domain/failures.js';
import type { PayloadOf } from '../../domain/writes.js';
import { exchange, type Exchange } from '../http.js';
import type { ClioClient } from './client.js';
import { isRefusedAs } from './errors.js';
import {
  carriesExternal,
  EXTERNAL_PROPERTIES,
  ExternalProperties,
  externalReference,
  findByExternal,
} from './external-reference.js';
import { expectKept } from './kept.js';

/** Where bytes go. Its addresses come from Clio and want no token of ours. */
export interface Storage {
  timeoutMs: number;
  signal: AbortSignal;
  /** Whether an address without TLS is taken; only where Clio itself is reached so. */
  allowsHttp: boolean;
}

const Version = z.object({ uuid: z.string(), fully_uploaded: z.boolean().nullish() });
const Found = z.object({ latest_document_version: Version.nullish() });
const Made = z.object({
  id: z.number(),
  external_properties: ExternalProperties,
  latest_document_version: z.object({
    uuid: z.string(),
    put_url: z.url(),
    put_headers: z.array(z.object({ name: z.string(), value: z.string() })),
  }),
});
/** Clio asks for a repeat when its storage is slow; so often, so far apart. */
const [MARK_ATTEMPTS, MARK_PAUSE_MS] = [3, 1_000];

/** The document that carries our reference, and whether it was ever finished. @throws OutsideError */
export async function findDocument(
  clio: ClioClient,
  reference: string,
): Promise<{ id: string; isWhole: boolean } | undefined> {
  const id = await findByExternal(clio, 'documents', reference, { show_uncompleted: 'true' });
  if (id === undefined) return undefined;
  const document = await clio.read('documents', id, 'id,latest_document_version{uuid,fully_uploaded}', Found);
  return { id, isWhole: document.latest_document_version?.fully_uploaded === true };
}

/** @throws OutsideError; what is there by then is unfinished, and nobody sees it. */
export async function uploadDocument(
  clio: ClioClient,
  storage: Storage,
  { parent, name, text }: PayloadOf<'clio.document.create'>,
  reference: string,
): Promise<{ id: string; referenced: boolean }> {
  const fields = `id,${EXTERNAL_PROPERTIES},latest_document_version{uuid,put_url,put_headers}`;
  const data = {
    name,
    parent: { id: parent.id, type: parent.type === 'matter' ? 'Matter' : 'Contact' },
    content_type: 'text/plain',
    external_properties: externalReference(reference),
  };
  const made = await clio.create('documents', fields, data, Made);
  const { uuid, put_url: url, put_headers: headers } = made.latest_document_version;
  await put(storage, new URL(url), headers, new TextEncoder().encode(text));
  await markWhole(clio, String(made.id), uuid, storage.signal);
  return { id: String(made.id), referenced: carriesExternal(made.external_properties, reference) };
}

/** Exactly the headers Clio named: they are part of the address's signature. */
async function put(
  { timeoutMs, signal, allowsHttp }: Storage,
  url: URL,
  headers: readonly { name: string; value: string }[],
  body: Uint8Array<ArrayBuffer>,
): Promise<void> {
  if (url.protocol !== 'https:' && !allowsHttp)
    throw new OutsideError('invalid', 'Clio named a storage without TLS');
  const call: Exchange = {
    ...{ vendor: 'Clio’s storage', method: 'PUT', url, body, timeoutMs, signal },
    headers: Object.fromEntries(headers.map(({ name, value }) => [name, value])),
  };
  try {
    const { status } = await exchange(call);
    // An address lives ten minutes; the next attempt gets another.
    if (status < 200 || status >= 300)
      throw new OutsideError('unavailable', `Clio’s storage answered ${status}`);
  } catch (error) {
    // Whether the bytes arrived matters to nobody before they are marked.
    if (error instanceof OutsideError && error.errorClass === 'outcome_unknown')
      throw new OutsideError('unavailable', error.message);
    throw error;
  }
}

async function markWhole(clio: ClioClient, id: string, uuid: string, signal: AbortSignal): Promise<void> {
  const fields = 'id,latest_document_version{uuid,fully_uploaded}';
  for (let attempt = 1; ; attempt++) {
    try {
      const answer = await clio.change('documents', id, fields, { uuid, fully_uploaded: true }, Found);
      const isWhole = answer.latest_document_version?.fully_uploaded === true;
      expectKept('document', id, { fully_uploaded: isWhole });
      return;
    } catch (error) {
      if (isRefusedAs(error, 'UploadNotFoundError'))
        throw new OutsideError('unavailable', 'Clio does not find the bytes it was sent');
      if (!isRefusedAs(error, 'UploadTimeoutError')) throw error;
      if (attempt === MARK_ATTEMPTS) throw new OutsideError('unavailable', 'Clio’s storage is slow');
      await sleep(MARK_PAUSE_MS, undefined, { signal });
    }
  }
}
