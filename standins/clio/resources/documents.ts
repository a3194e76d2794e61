import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { StandinKit } from '../../kit/standin.js';
import { ClioRefusal, dataOf } from '../errors.js';
import { type Shape, stamped } from '../fields.js';
import type { Firm } from '../firm.js';
import type { Document } from '../records.js';
import type { Resource } from '../resource.js';
import type { ClioSettings } from '../settings.js';
import {
  carriesAsked,
  ExternalPropertiesBody,
  externalPropertiesFrom,
  externalPropertyFields,
} from './external-properties.js';

const Body = z.object({
  name: z.string().min(1),
  parent: z.object({ id: z.int(), type: z.enum(['Matter', 'Contact']) }),
  content_type: z.string().optional(),
  external_properties: ExternalPropertiesBody,
});
const Mark = z.object({ uuid: z.string(), fully_uploaded: z.literal(true) });

const shape: Shape = {
  ...stamped,
  name: true,
  content_type: true,
  parent: ['id', 'etag', 'type'],
  external_properties: externalPropertyFields,
  latest_document_version: ['id', 'etag', 'uuid', 'put_url', 'put_headers', 'fully_uploaded'],
};

/** Life of an address for bytes. */
const PUT_LIFE_MS = 600_000;
export const putHeaders = [
  { name: 'Content-Type', value: 'text/plain' },
  { name: 'x-amz-server-side-encryption', value: 'AES256' },
];

/** @param origin of this stand-in, whose storage stands beside it. */
export function documents(
  firm: Firm,
  kit: StandinKit<ClioSettings>,
  origin: () => string,
): Resource<Document> {
  return {
    path: 'documents',
    collection: firm.documents,
    shape,
    view: (document) => ({
      ...document,
      latest_document_version: {
        id: document.id,
        uuid: document.uuid,
        fully_uploaded: document.fully_uploaded,
        put_url: `${origin()}/__storage/${document.uuid}`,
        put_headers: putHeaders,
      },
    }),
    // Nobody sees a document before its bytes are marked as whole.
    matches: ({ external_properties, fully_uploaded }, asked) =>
      carriesAsked(external_properties, asked) &&
      (fully_uploaded || asked.get('show_uncompleted') === 'true'),
    filters: { matter_id: ({ parent }, value) => parent.type === 'Matter' && String(parent.id) === value },
    write: {
      create: (request) => {
        const { name, parent, content_type: type, external_properties } = dataOf(Body, request);
        if (!(parent.type === 'Matter' ? firm.matters : firm.contacts).find(parent.id))
          throw new ClioRefusal('validation', 'Parent does not exist');
        return {
          ...{
            name,
            parent,
            content_type: type ?? null,
            uuid: randomUUID(),
            size: null,
            fully_uploaded: false,
          },
          put_until: new Date(kit.clock.nowMs() + PUT_LIFE_MS).toISOString(),
          external_properties: externalPropertiesFrom(external_properties),
        };
      },
      change: (document, request) => {
        const { uuid } = dataOf(Mark, request);
        if (uuid !== document.uuid || document.size === null)
          throw new ClioRefusal('upload_not_found', 'The upload was not found');
        if (document.fully_uploaded) throw new ClioRefusal('validation', 'Already fully uploaded');
        return { fully_uploaded: true };
      },
    },
  };
}
