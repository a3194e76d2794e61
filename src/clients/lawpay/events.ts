/** LawPay's own list of what happened: the safety net under webhooks that carry no signature and may never come. */
import { z } from 'zod';
import { read, type LawPayOptions, type SecretKey } from './client.js';
import { refusal } from './errors.js';

/** An event as it is posted or listed. Only its id and where it points are used. */
export const GatewayEvent = z
  .looseObject({
    id: z.string().regex(/^[\w-]{1,64}$/),
    type: z.string().regex(/^[\w.]{1,80}$/),
    created: z.iso.datetime().optional(),
    data: z
      .looseObject({
        id: z
          .string()
          .regex(/^[\w-]{1,64}$/)
          .optional(),
      })
      .nullish(),
  })
  .transform(({ id, type, data }) => ({
    eventId: id,
    type,
    transactionId: type.startsWith('transaction.') ? (data?.id ?? null) : null,
  }));
export type GatewayEvent = z.infer<typeof GatewayEvent>;

const Page = z.object({ total_entries: z.int(), results: z.array(GatewayEvent) });
const PAGE_SIZE = 100;
/** Five thousand events: more than a firm sees in a month. */
const MAX_PAGES = 50;

/** Events since a moment, in the order in which they happened. @throws OutsideError */
export async function listEvents(
  options: LawPayOptions,
  { key }: { key: SecretKey },
  sinceMs: number,
): Promise<GatewayEvent[]> {
  const found: GatewayEvent[] = [];
  for (let page = 1; page <= MAX_PAGES; page++) {
    const query = {
      ...{ start_date: new Date(sinceMs).toISOString(), page: String(page), page_size: String(PAGE_SIZE) },
    };
    const { results, total_entries: total } = await read(
      options,
      { path: '/v1/events', query, key },
      Page,
      refusal,
    );
    found.push(...results);
    if (results.length === 0 || found.length >= total) break;
  }
  return found;
}
