/** How fast the list and the counts are over many parked rows, through the API. */
import { z } from 'zod';
import { withTenant } from '../../src/db/tenant.js';
import { type Spread, spreadOf } from '../voice/percentiles.js';
import type { DlqSite } from './site.js';

/** Rows as a long outage with some other trouble leaves them: seven causes, four priorities, two weeks. */
export async function seedRows({ pool, tenantId }: DlqSite, rows: number): Promise<void> {
  await withTenant(pool, tenantId, async (scope) => {
    await scope.query(
      `insert into writes (tenant_id, workflow_id, call_id, system, operation, priority, state, error_class, error_message,
                           attempts, parked_at, fingerprint)
       select $1, 'op:' || $1 || ':bench:' || i, 'call_' || lpad(i::text, 20, '0'),
              case when i % 5 = 0 then 'lawpay' else 'clio' end,
              case when i % 5 = 0 then 'lawpay.paymentRequest.create' when i % 3 = 0 then 'clio.matter.create'
                   else 'clio.note.create' end,
              (array['CRITICAL', 'HIGH', 'MEDIUM', 'MEDIUM', 'LOW'])[1 + i % 5], 'parked',
              (array['unavailable', 'unavailable', 'invalid', 'auth', 'conflict', 'rate_limited', 'internal'])[1 + i % 7],
              'HTTP ' || 400 + i % 7, 1 + i % 30, now() - i * interval '2 minutes', md5((i % 40)::text)
         from generate_series(1, $2::int) i`,
      [tenantId, rows],
    );
  });
}

export const removeRows = ({ pool, tenantId }: DlqSite): Promise<unknown> =>
  withTenant(pool, tenantId, (scope) =>
    scope.query(
      `update writes set state = 'discarded', parked_at = null where workflow_id like 'op:' || $1 || ':bench:%'`,
      [tenantId],
    ),
  );

const ROUNDS = 40;
const queries = {
  'list, oldest first': '/dlq/list?limit=50',
  'list, newest first': '/dlq/list?limit=50&sort=newest',
  'list, CRITICAL first': '/dlq/list?limit=100&sort=priority',
  'list, one cause of one system': '/dlq/list?limit=50&system=clio&error_class=conflict',
  'list, one issue, latest first':
    '/dlq/list?limit=50&sort=newest&fingerprint=a87ff679a2f3e71d9181a67b7542122c',
  stats: '/dlq/stats',
  issues: '/dlq/issues',
};
const Page = z.looseObject({ next_cursor: z.string().nullish() });

/** Milliseconds of each question, asked one after the other; lists go on to their tenth page. */
export async function measureLists({ ask }: DlqSite): Promise<Record<string, Spread | null>> {
  const spreads: Record<string, Spread | null> = {};
  for (const [name, path] of Object.entries(queries)) {
    await ask(Page, path);
    const samples: number[] = [];
    let cursor: string | null | undefined;
    for (let round = 0; round < ROUNDS; round++) {
      const at = round % 10 > 0 && cursor ? `${path}&cursor=${encodeURIComponent(cursor)}` : path;
      const begunMs = performance.now();
      const page = await ask(Page, at);
      samples.push(performance.now() - begunMs);
      cursor = page.next_cursor;
    }
    spreads[name] = spreadOf(samples);
  }
  return spreads;
}
