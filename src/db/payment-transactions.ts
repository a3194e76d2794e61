/** What LawPay itself said of its transactions when it was asked. */
import type { TenantId } from '../domain/ids.js';
import type { Listed } from '../domain/payments/books.js';
import type { TenantScope } from './tenant.js';

export interface ReadTransaction extends Listed {
  createdAt: string;
  modifiedAt: string;
}

/**
 * Keeps what LawPay said. An older word never replaces a newer one, in whatever order they were read.
 * @returns its status as it was known before, null when nobody had read it; undefined for an older word.
 */
export async function keepTransaction(
  scope: TenantScope,
  tenantId: TenantId,
  read: ReadTransaction,
): Promise<string | null | undefined> {
  const { rows } = await scope.query<{ before: string | null }>(
    `with known as (select status from lawpay_transactions where tenant_id = $1 and transaction_id = $2)
     insert into lawpay_transactions as t
       (tenant_id, transaction_id, type, status, amount_cents, refunded_cents, account_id, reference, charge_id,
        created_at, modified_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     on conflict (tenant_id, transaction_id) do update set
       status = excluded.status, amount_cents = excluded.amount_cents, refunded_cents = excluded.refunded_cents,
       account_id = excluded.account_id, reference = excluded.reference, modified_at = excluded.modified_at, read_at = now()
     where excluded.modified_at >= t.modified_at
     returning (select status from known) as before`,
    [
      ...[tenantId, read.id, read.type, read.status, read.amountCents, read.refundedCents, read.accountId],
      ...[read.reference ?? null, read.chargeId ?? null, read.createdAt, read.modifiedAt],
    ],
  );
  // What LawPay says of a movement it has told of before; its state is left alone.
  await scope.query(
    `update money_movements set status = $3, updated_at = now()
      where tenant_id = $1 and transaction_id = $2 and state = 'answered' and status is distinct from $3
        and how is distinct from 'void' and $3 <> 'FAILED'
        and not exists (select from lawpay_transactions t
          where t.tenant_id = $1 and t.transaction_id = $2 and t.modified_at > $4)`,
    [tenantId, read.id, read.status, read.modifiedAt],
  );
  return rows[0]?.before;
}

/** The account that a charge lies in, as LawPay or its answer to our charge said; undefined when nobody has read it. */
export async function accountOfTransaction(
  scope: TenantScope,
  tenantId: TenantId,
  transactionId: string,
): Promise<string | undefined> {
  const { rows } = await scope.query<{ id: string }>(
    `select account_id as id from lawpay_transactions where tenant_id = $1 and transaction_id = $2 and type = 'CHARGE'
     union all
     select account_id from money_movements where tenant_id = $1 and transaction_id = $2 and kind = 'CHARGE' limit 1`,
    [tenantId, transactionId],
  );
  return rows[0]?.id;
}
