/** One movement of money on its way, its row in our ledger, and the alert that stands while nobody knows what became of it. */
import type { Transaction } from '../../clients/lawpay/transactions.js';
import { raiseAlert, resolveAlert, type Alert } from '../../db/alerts.js';
import { changeMovement, type MovementRow, type Told } from '../../db/movements.js';
import { withTenant, type TenantScope } from '../../db/tenant.js';
import { OutsideError } from '../../domain/failures.js';
import type { TenantId } from '../../domain/ids.js';
import type { MovementEvent } from '../../domain/payments/movement.js';
import type { AlertPort } from '../alerts.js';
import type { Landed } from '../make-once.js';
import type { Outbox } from '../outgoing/outbox.js';
import { endAlertOfFailedRefund } from './failed-refunds.js';
import type { FirmDeps } from './firm.js';
import { tellOfMovement } from './tell-of-payments.js';

export interface LedgerDeps extends FirmDeps {
  alerts: AlertPort;
  /** Undefined: what is to be told waits for the sweep. */
  outbox: Outbox | undefined;
  /** Pause before the first look-up after a lost answer; doubles with each further one. Milliseconds. */
  settleMs: number;
}

/** One movement on its way. */
export interface Passage {
  deps: LedgerDeps;
  tenantId: TenantId;
  /** The operation key; LawPay keeps it as the reference. */
  reference: string;
  signal: AbortSignal;
  /** What LawPay has under our reference; `known` is the id of a transaction that it named. */
  search(row: MovementRow, known?: string): Promise<Transaction[]>;
}

/** What a landed movement leaves: a refused one has no transaction, and is named by its own reference. */
export const landedOf = ({ transactionId, reference }: MovementRow): Landed => ({
  externalId: transactionId ?? reference,
});

export const inLedger = <T>(
  { deps, tenantId }: Pick<Passage, 'deps' | 'tenantId'>,
  work: (scope: TenantScope) => Promise<T>,
): Promise<T> => withTenant(deps.pool, tenantId, work);

/** Changes the row by the rules; with an answer or a person's word the alert ends, and an answer is told to the outside. */
export async function note(passage: Passage, event: MovementEvent, told: Told = {}): Promise<MovementRow> {
  const { tenantId, deps } = passage;
  const { row, isNews } = await inLedger(passage, async (scope) => {
    const changed = await changeMovement(scope, passage, event, told);
    if (!changed) throw new OutsideError('internal', 'a movement of money vanished from our ledger');
    if (changed.row.state !== 'sent') await resolveAlert(scope, alertOf(passage));
    await endAlertOfFailedRefund(scope, tenantId, changed.row);
    return {
      row: changed.row,
      isNews: changed.fitted && (await tellOfMovement(scope, tenantId, changed.row)),
    };
  });
  if (isNews) deps.outbox?.nudge(tenantId);
  return row;
}

const alertOf = ({ tenantId, reference }: Passage) =>
  ({ tenantId, kind: 'payment.unproven', subject: reference }) as const;

/** Tells of it once, until it is known. `message` holds nothing of the payer. */
export async function tell(passage: Passage, message: string): Promise<void> {
  const alert: Alert = { ...alertOf(passage), severity: 'critical', message };
  if (await inLedger(passage, (scope) => raiseAlert(scope, alert))) passage.deps.alerts.announce([alert]);
}

/** What a transaction tells of its movement. */
export const toldBy = ({ id, status, failureCode }: Transaction): Told => ({
  transactionId: id,
  status,
  failureCode,
});
