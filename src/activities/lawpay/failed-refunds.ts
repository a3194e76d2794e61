/** Refunds that LawPay had taken on and that failed days later: their writes are done, so nobody would look. */
import type { Transaction } from '../../clients/lawpay/transactions.js';
import { raiseAlert, resolveAlert, type Alert } from '../../db/alerts.js';
import { movementOfTransaction, type MovementRow } from '../../db/movements.js';
import type { TenantScope } from '../../db/tenant.js';
import type { TenantId } from '../../domain/ids.js';
import { outcomeOfMovement } from '../../domain/payments/outcome.js';

const kind = 'payment.refund_failed';

/**
 * @param before its status as it was known, null for none; undefined: what was read is no news.
 * @returns the alert, when it is new.
 */
export async function alertOfFailedRefund(
  scope: TenantScope,
  tenantId: TenantId,
  read: Transaction,
  before: string | null | undefined,
): Promise<Alert[]> {
  if (before === undefined || read.type !== 'REFUND' || read.status !== 'FAILED') return [];
  const row = await movementOfTransaction(scope, tenantId, read);
  // One that our own request was told of has parked its write, and that tells of it.
  if (row?.transactionId !== read.id || row.status === 'FAILED' || row.ofTransaction === null) return [];
  const alert: Alert = {
    ...{ tenantId, kind, subject: row.ofTransaction, severity: 'critical' },
    message:
      'a refund that LawPay had taken on has failed since: the client has no money back; order another',
    details: { reference: row.reference, amountCents: row.amountCents },
  };
  return (await raiseAlert(scope, alert)) ? [alert] : [];
}

/** Another refund of the same charge has been made. */
export async function endAlertOfFailedRefund(
  scope: TenantScope,
  tenantId: TenantId,
  row: MovementRow,
): Promise<void> {
  if (row.ofTransaction !== null && outcomeOfMovement(row) === 'refunded')
    await resolveAlert(scope, { tenantId, kind, subject: row.ofTransaction });
}
