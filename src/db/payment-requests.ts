/** Payment links we asked for, one per reference. */
import type { Money } from '../domain/money.js';
import type { TenantScope } from './tenant.js';

export interface PaymentRequestRow {
  reference: string;
  callId: string | null;
  amountCents: number;
  account: Money['account'];
  url: string;
}

/** The link made under a reference, if any. */
export async function findPaymentRequest(
  scope: TenantScope,
  tenantId: string,
  reference: string,
): Promise<PaymentRequestRow | undefined> {
  const { rows } = await scope.query<PaymentRequestRow>(
    `select reference, call_id as "callId", amount_cents::float8 as "amountCents", account, url
     from payment_requests where tenant_id = $1 and reference = $2`,
    [tenantId, reference],
  );
  return rows[0];
}

/**
 * Stores a link. The reference is unique, so of two writers exactly one wins.
 * @returns whether this call's link is the one stored.
 */
export async function insertPaymentRequest(
  scope: TenantScope,
  tenantId: string,
  request: { reference: string; callId: string | undefined; money: Money; url: string },
): Promise<boolean> {
  const { reference, callId, money, url } = request;
  const { rowCount } = await scope.query(
    `insert into payment_requests (tenant_id, reference, call_id, amount_cents, currency, account, url)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
    [tenantId, reference, callId, money.amountCents, money.currency, money.account, url],
  );
  return rowCount === 1;
}

/**
 * The payment request that a charge serves, by a link to LawPay's page or by our own; undefined when it serves none.
 * @param charge its reference, or LawPay's id of it when something of ours has read it.
 */
export async function requestOfCharge(
  scope: TenantScope,
  tenantId: string,
  { reference = null, transactionId = null }: { reference?: string | null; transactionId?: string | null },
): Promise<Pick<PaymentRequestRow, 'reference' | 'callId'> | undefined> {
  const { rows } = await scope.query<Pick<PaymentRequestRow, 'reference' | 'callId'>>(
    `with charge as (
       select $2::text as reference
       union select reference from money_movements where tenant_id = $1 and kind = 'CHARGE' and transaction_id = $3
       union select reference from lawpay_transactions where tenant_id = $1 and type = 'CHARGE' and transaction_id = $3)
     select r.reference, r.call_id as "callId" from charge c
       -- an attempt is named after its page
       left join payment_pages p on p.tenant_id = $1 and p.page_id = split_part(c.reference, '.', 1)
       join payment_requests r on r.tenant_id = $1 and r.reference in (c.reference, p.request_reference)
      limit 1`,
    [tenantId, reference, transactionId],
  );
  return rows[0];
}
