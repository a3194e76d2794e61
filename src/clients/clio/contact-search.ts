/** Searching a firm's contacts. */
import { z } from 'zod';
import type { KnownContact } from '../../domain/conflicts.js';
import type { ClioClient } from './client.js';

const ContactHit = z.object({
  id: z.number(),
  name: z.string().nullish(),
  phone_numbers: z.array(z.object({ number: z.string().nullish() })).nullish(),
});
/** Pages read for one name. A firm with more than 1,000 contacts that match one name needs its own conflict check. */
const MAX_PAGES = 5;
const PAGE_SIZE = 200;

/**
 * Contacts whose name, number or mail matches `query` in Clio's wildcard search; the caller compares names itself.
 * @throws OutsideError
 */
export async function searchContacts(clio: ClioClient, query: string): Promise<KnownContact[]> {
  const found: KnownContact[] = [];
  for (let page = 0; page < MAX_PAGES; page++) {
    const hits = await clio.list(
      'contacts',
      {
        query,
        fields: 'id,name,phone_numbers{number}',
        order: 'id(asc)',
        limit: String(PAGE_SIZE),
        offset: String(page * PAGE_SIZE),
      },
      ContactHit,
    );
    for (const { id, name, phone_numbers } of hits) {
      const phones = (phone_numbers ?? []).flatMap(({ number }) => number ?? []);
      found.push({ id: String(id), name: name ?? '', phones });
    }
    if (hits.length < PAGE_SIZE) break;
  }
  return found;
}
