/** Watching over payments: what LawPay tells is a hint where to look, and what it says when asked is what counts. */
import { readAccounts, type PaymentAccount } from '../../clients/lawpay/accounts.js';
import { listEvents } from '../../clients/lawpay/events.js';
import { readTransaction, type Transaction } from '../../clients/lawpay/transactions.js';
import { readConnection } from '../../db/connections.js';
import { closeEvents, noteEvents, notePolled, openEvents, polledUntil } from '../../db/payment-events.js';
import { accountOfTransaction } from '../../db/payment-transactions.js';
import { withTenant } from '../../db/tenant.js';
import { listTenants } from '../../db/tenants.js';
import { OutsideError } from '../../domain/failures.js';
import type { TenantId } from '../../domain/ids.js';
import type { Logger } from '../../telemetry/logger.js';
import type { AlertPort } from '../alerts.js';
import { whileBeating } from '../attempt.js';
import type { GateDeps } from '../write-gate.js';
import { createPacer } from '../write-pace.js';
import { compareFirm } from './compare.js';
import { notingRefusal, openFirm, type FirmAtLawPay, type FirmDeps } from './firm.js';
import { takeIn, type News } from './take-in.js';
import type { FirmToWatch, PaymentWatchActivities } from './watch-contracts.js';

export interface WatchDeps extends FirmDeps {
  logger: Logger;
  alerts: AlertPort;
  gate: GateDeps;
}

/** One firm at LawPay with its accounts, for the length of one activity. */
export interface Watched extends FirmAtLawPay {
  accounts: PaymentAccount[];
  signal: AbortSignal;
}

/** Events of one activity; the rest waits for the next. */
const EVENTS_AT_ONCE = 100;
/** A poll begins so much before the last one ended: events are listed when they are, not when they happened. */
const OVERLAP_MS = 600_000;
/** The first poll of a firm looks back so far. */
const FIRST_LOOK_MS = 86_400_000;

export function createPaymentWatch(deps: WatchDeps): PaymentWatchActivities {
  const watched = <T>({ tenantId }: FirmToWatch, work: (firm: Watched) => Promise<T>): Promise<T> =>
    whileBeating((signal) =>
      notingRefusal(deps, tenantId, async () => {
        const { pool, logger, gate } = deps;
        const place = { tenantId, lane: 'lawpay', signal, nowMs: gate.nowMs, taken: undefined } as const;
        const pacer = createPacer({ ...gate.paces.lawpay, ...place, pool, logger });
        const firm = await openFirm(deps, tenantId, signal, pacer);
        const accounts = await readAccounts(firm.options, firm.settings.mode);
        return work({ ...firm, accounts, signal });
      }),
    );
  return {
    paymentFirms: () => whileBeating(() => connectedFirms(deps)),
    readEvents: (firm) => watched(firm, (at) => readOpenEvents(deps, at)),
    pollEvents: (firm) =>
      watched(firm, async (at) => {
        await poll(deps, at);
        return readOpenEvents(deps, at);
      }),
    comparePayments: (firm) => watched(firm, (at) => compareFirm(deps, at)),
  };
}

async function connectedFirms({ pool }: WatchDeps): Promise<TenantId[]> {
  const firms: TenantId[] = [];
  for (const tenantId of await listTenants(pool)) {
    const connection = await withTenant(pool, tenantId, (scope) => readConnection(scope, tenantId, 'lawpay'));
    if (connection && connection.revokedAt === null) firms.push(tenantId);
  }
  return firms;
}

/** Each account has keys of its own; an event that two of them list is noted once. */
async function poll({ pool }: WatchDeps, { tenantId, options, accounts }: Watched): Promise<void> {
  const beganMs = Date.now();
  const last = await withTenant(pool, tenantId, (scope) => polledUntil(scope, tenantId));
  const sinceMs = (last?.getTime() ?? beganMs - FIRST_LOOK_MS) - OVERLAP_MS;
  for (const account of accounts) {
    const events = await listEvents(options, { key: account.secretKey }, sinceMs);
    await withTenant(pool, tenantId, (scope) => noteEvents(scope, tenantId, 'poll', events));
  }
  await withTenant(pool, tenantId, (scope) => notePolled(scope, tenantId, new Date(beganMs)));
}

async function readOpenEvents(deps: WatchDeps, at: Watched): Promise<number> {
  const { pool, gate, alerts } = deps;
  const { tenantId } = at;
  const events = await withTenant(pool, tenantId, (scope) => openEvents(scope, tenantId, EVENTS_AT_ONCE));
  for (const transactionId of new Set(events.map((event) => event.transactionId))) {
    const ids = events.filter((one) => one.transactionId === transactionId).map(({ eventId }) => eventId);
    const read = transactionId === null ? undefined : await readAnywhere(at, transactionId);
    const charge = read && (await unknownCharge(deps, at, read));
    const outcome = transactionId === null ? 'no_transaction' : read ? 'read' : 'unknown';
    const news = await withTenant(pool, tenantId, async (scope) => {
      const found: News[] = [];
      for (const one of [charge, read]) if (one) found.push(await takeIn(scope, at, one));
      await closeEvents(scope, tenantId, ids, outcome);
      return found;
    });
    if (news.some(({ events: some }) => some)) gate.outbox?.nudge(tenantId);
    alerts.announce(news.flatMap(({ alerts: raised }) => raised));
  }
  return events.length;
}

/** What a refund gives back, when nobody has read it yet: without it nobody knows which payment request is meant. */
async function unknownCharge(
  { pool }: WatchDeps,
  at: Watched,
  { chargeId }: Transaction,
): Promise<Transaction | undefined> {
  if (chargeId === undefined) return undefined;
  const { tenantId } = at;
  const known = await withTenant(pool, tenantId, (scope) => accountOfTransaction(scope, tenantId, chargeId));
  return known === undefined ? readAnywhere(at, chargeId) : undefined;
}

/** The hint does not say which account; a key sees its own only. @returns undefined when no account knows it */
async function readAnywhere({ options, accounts }: Watched, id: string): Promise<Transaction | undefined> {
  for (const { secretKey: key } of accounts) {
    try {
      return await readTransaction(options, { key }, id);
    } catch (error) {
      if (!(error instanceof OutsideError) || error.errorClass !== 'invalid') throw error;
    }
  }
  return undefined;
}
