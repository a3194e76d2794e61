/** The daily comparison of our ledger with LawPay's. It reports and alerts; it moves and mends nothing. */
import { listTransactions, type Transaction } from '../../clients/lawpay/transactions.js';
import { raiseAlert, resolveAlert, type Alert } from '../../db/alerts.js';
import { appendAudit } from '../../db/audit.js';
import { mergeSettings } from '../../db/connections.js';
import { keepDrifts, ourBooks } from '../../db/payment-books.js';
import { withTenant, type TenantScope } from '../../db/tenant.js';
import type { TenantId } from '../../domain/ids.js';
import type { Drift } from '../../domain/payments/books.js';
import { compareBooks } from '../../domain/payments/reconciliation.js';
import { keep, type News } from './take-in.js';
import type { Compared } from './watch-contracts.js';
import type { WatchDeps, Watched } from './watch.js';

/** A refund may follow its charge by weeks, an eCheck may fail after days. Milliseconds. */
const WINDOW_MS = 35 * 86_400_000;
/** Of LawPay's list, before our window: a movement made just after midnight of its first day may be dated before. */
const MARGIN_MS = 86_400_000;

export async function compareFirm(deps: WatchDeps, at: Watched): Promise<Compared> {
  const { tenantId, options, accounts } = at;
  const sinceMs = Date.now() - WINDOW_MS;
  // Ours first: what moves meanwhile is then listed and unknown to us for a moment, never missing.
  const before = await withTenant(deps.pool, tenantId, (scope) =>
    ourBooks(scope, tenantId, new Date(sinceMs)),
  );
  const listed: Transaction[] = [];
  for (const { id, secretKey } of accounts)
    listed.push(...(await listTransactions(options, { id, key: secretKey }, sinceMs - MARGIN_MS)));
  const news: News[] = [];
  const compared = await withTenant(deps.pool, tenantId, async (scope) => {
    for (const transaction of listed) news.push(await keep(scope, at, transaction));
    const { movements } = await ourBooks(scope, tenantId, new Date(sinceMs));
    const kinds = new Map(
      accounts.map(({ id, isTrust }) => [
        id,
        isTrust === undefined ? undefined : isTrust ? ('trust' as const) : ('operating' as const),
      ]),
    );
    const drifts = compareBooks({ links: before.links, movements, listed, kinds });
    const compared = {
      ...{ links: before.links.length, movements: movements.length, transactions: listed.length },
      drift: drifts.length,
    };
    const fresh = await keepDrifts(scope, tenantId, drifts, compared);
    await tell(deps, scope, tenantId, drifts, fresh);
    return compared;
  });
  if (news.some(({ events }) => events)) deps.gate.outbox?.nudge(tenantId);
  deps.alerts.announce(news.flatMap(({ alerts }) => alerts));
  return compared;
}

async function tell(
  { alerts, logger }: WatchDeps,
  scope: TenantScope,
  tenantId: TenantId,
  drifts: readonly Drift[],
  fresh: readonly Drift[],
): Promise<void> {
  const kinds = [...new Set(drifts.map(({ kind }) => kind))];
  const alert: Alert = {
    ...{ tenantId, kind: 'payments.drift', severity: 'critical' },
    message: `our ledger and LawPay’s disagree in ${drifts.length} places: GET /api/v1/payments/reconciliation`,
    details: { drift: drifts.length, kinds },
  };
  const raised: Alert[] = [];
  if (drifts.length === 0) await resolveAlert(scope, alert);
  else if (await raiseAlert(scope, alert)) raised.push(alert);
  logger.info(
    { event: 'payments_compared', tenantId, drift: drifts.length, kinds },
    'the ledgers were compared',
  );
  if (fresh.some(({ kind }) => kind === 'unit_suspect'))
    raised.push(...(await withdrawUnit(scope, tenantId)));
  if (raised.length > 0) alerts.announce(raised);
}

/** A payment of a hundred times too much or too little: no further link goes out before somebody has looked at the page again. */
async function withdrawUnit(scope: TenantScope, tenantId: TenantId): Promise<Alert[]> {
  await mergeSettings(scope, tenantId, 'lawpay', { unitProof: null });
  const atMs = Date.now();
  await appendAudit(scope, {
    ...{ tenantId, actor: 'reconciliation', action: 'payments.unit_withdrawn', subject: 'lawpay', atMs },
    eventId: `lawpay/payments.unit_withdrawn/${atMs}`,
    reason: 'a payment was a hundred times what was asked for, or a hundredth',
  });
  const alert: Alert = {
    ...{ tenantId, kind: 'payments.unit', severity: 'critical' },
    message: 'payment links are held back: the firm’s page seems to count in another unit than was verified',
  };
  return (await raiseAlert(scope, alert)) ? [alert] : [];
}
