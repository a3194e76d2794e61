/** Taking in what LawPay says of a transaction, whatever made us ask. */
import type { Transaction } from '../../clients/lawpay/transactions.js';
import { resolveAlert, type Alert } from '../../db/alerts.js';
import { changeMovement, findMovement, type MovementRow } from '../../db/movements.js';
import { keepTransaction } from '../../db/payment-transactions.js';
import type { TenantScope } from '../../db/tenant.js';
import { findingOf } from '../../domain/payments/movement.js';
import { alertOfFailedRefund, endAlertOfFailedRefund } from './failed-refunds.js';
import { tellOfMovement, tellOfTransaction } from './tell-of-payments.js';
import type { Watched } from './watch.js';

type Firm = Pick<Watched, 'tenantId' | 'accounts'>;

/** What there is to tell after the transaction in which something was taken in. */
export interface News {
  /** Whether there are events to send. */
  events: boolean;
  alerts: Alert[];
}

/** Keeps what LawPay said, and notes what is to be told of it. */
export async function keep(scope: TenantScope, at: Firm, read: Transaction): Promise<News> {
  const before = await keepTransaction(scope, at.tenantId, read);
  return {
    events: await tellOfTransaction(scope, at, read, before),
    alerts: await alertOfFailedRefund(scope, at.tenantId, read, before),
  };
}

/** As `keep`. For a movement of unknown outcome it is the proof that was missing. */
export async function takeIn(scope: TenantScope, at: Firm, read: Transaction): Promise<News> {
  const proven = await prove(scope, at, read);
  if (proven) await endAlertOfFailedRefund(scope, at.tenantId, proven);
  const ofProof = proven !== undefined && (await tellOfMovement(scope, at.tenantId, proven));
  const news = await keep(scope, at, read);
  return { ...news, events: news.events || ofProof };
}

/** @returns the movement that this transaction has proven. */
async function prove(
  scope: TenantScope,
  { tenantId }: Firm,
  read: Transaction,
): Promise<MovementRow | undefined> {
  const { reference } = read;
  const row = reference === undefined ? undefined : await findMovement(scope, { tenantId, reference });
  if (row?.state !== 'sent') return undefined;
  const finding = findingOf([read], { ...row, type: row.kind });
  if (finding.kind !== 'one') return undefined;
  const { id: transactionId, status, failureCode } = read;
  const place = { tenantId, reference: row.reference };
  const told = { transactionId, status, failureCode };
  const changed = await changeMovement(scope, place, { kind: 'answered' }, told);
  await resolveAlert(scope, { tenantId, kind: 'payment.unproven', subject: row.reference });
  return changed?.row;
}
