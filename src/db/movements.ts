/** The ledger of money that moves: what was sent, and what LawPay has told of it. */
import type { TenantId } from '../domain/ids.js';
import type { Deposit } from '../domain/payments/deposit.js';
import { afterMovement, type MovementEvent, type MovementState } from '../domain/payments/movement.js';
import type { GivenBack } from '../domain/payments/reversal.js';
import type { TenantScope } from './tenant.js';

/** Amounts in cents. */
export interface MovementRow {
  reference: string;
  kind: 'CHARGE' | 'REFUND';
  accountKind: 'trust' | 'operating';
  accountId: string;
  amountCents: number;
  ofTransaction: string | null;
  how: 'void' | 'refund' | null;
  state: MovementState;
  sends: number;
  sentAt: Date | null;
  transactionId: string | null;
  status: string | null;
  failureCode: string | null;
}

export interface MovementPlace {
  tenantId: TenantId;
  reference: string;
}

const columns = `reference, kind, account_kind as "accountKind", account_id as "accountId",
  amount_cents::float8 as "amountCents", of_transaction as "ofTransaction", how, state, sends, sent_at as "sentAt",
  transaction_id as "transactionId", status, failure_code as "failureCode"`;

/**
 * The movement of a reference, locked until the transaction ends; made when it is new. One that waits in `ready` takes over
 * what is asked for now (a person may have edited it); one that was sent keeps what it was sent with.
 */
export async function openMovement(
  scope: TenantScope,
  { tenantId, reference }: MovementPlace,
  asked: { deposit: Deposit; ofTransaction?: string },
): Promise<MovementRow> {
  const { deposit, ofTransaction = null } = asked;
  const { rows } = await scope.query<MovementRow>(
    `insert into money_movements as m
       (tenant_id, reference, kind, account_kind, account_id, amount_cents, currency, of_transaction, state)
     values ($1, $2, $3, $4, $5, $6, $7, $8, 'ready')
     on conflict (tenant_id, reference) do update set
       account_kind = case m.state when 'ready' then excluded.account_kind else m.account_kind end,
       account_id = case m.state when 'ready' then excluded.account_id else m.account_id end,
       amount_cents = case m.state when 'ready' then excluded.amount_cents else m.amount_cents end,
       of_transaction = case m.state when 'ready' then excluded.of_transaction else m.of_transaction end
     returning ${columns}`,
    [
      ...[tenantId, reference, ofTransaction === null ? 'CHARGE' : 'REFUND'],
      ...[deposit.account.kind, deposit.account.id, deposit.amountCents, deposit.currency, ofTransaction],
    ],
  );
  const [row] = rows;
  if (!row) throw new Error('an upsert returned no row');
  return row;
}

/** What LawPay told of a movement. */
export interface Told {
  transactionId?: string | undefined;
  status?: string | undefined;
  failureCode?: string | undefined;
  how?: 'void' | 'refund';
}

/**
 * Changes a movement by the rules, one transaction at a time.
 * @returns the row as it is then, and whether the event fitted; undefined when there is no such movement.
 */
export async function changeMovement(
  scope: TenantScope,
  { tenantId, reference }: MovementPlace,
  event: MovementEvent,
  told: Told = {},
): Promise<{ row: MovementRow; fitted: boolean } | undefined> {
  const before = await lockMovement(scope, { tenantId, reference });
  if (!before) return undefined;
  const after = afterMovement(before, event);
  const fitted = after.state !== before.state || after.sends !== before.sends;
  if (!fitted && event.kind !== 'answered') return { row: before, fitted };
  const { rows } = await scope.query<MovementRow>(
    `update money_movements set state = $3, sends = $4,
       sent_at = case when $4 > sends then now() else sent_at end,
       transaction_id = coalesce($5, transaction_id), status = coalesce($6, status),
       failure_code = coalesce($7, failure_code), how = coalesce($8, how), updated_at = now()
     where tenant_id = $1 and reference = $2 returning ${columns}`,
    [
      ...[tenantId, reference, after.state, after.sends],
      ...[told.transactionId ?? null, told.status ?? null, told.failureCode ?? null, told.how ?? null],
    ],
  );
  return rows[0] && { row: rows[0], fitted };
}

/** One movement, held until the transaction ends. */
export async function lockMovement(
  scope: TenantScope,
  { tenantId, reference }: MovementPlace,
): Promise<MovementRow | undefined> {
  const { rows } = await scope.query<MovementRow>(
    `select ${columns} from money_movements where tenant_id = $1 and reference = $2 for update`,
    [tenantId, reference],
  );
  return rows[0];
}

export async function findMovement(
  scope: TenantScope,
  { tenantId, reference }: MovementPlace,
): Promise<MovementRow | undefined> {
  const { rows } = await scope.query<MovementRow>(
    `select ${columns} from money_movements where tenant_id = $1 and reference = $2`,
    [tenantId, reference],
  );
  return rows[0];
}

/** The movement that a transaction of LawPay's is, or whose reference it carries. A void is none: it is its charge. */
export async function movementOfTransaction(
  scope: TenantScope,
  tenantId: TenantId,
  {
    id,
    type,
    reference = null,
  }: { id: string; type: MovementRow['kind']; reference?: string | undefined | null },
): Promise<MovementRow | undefined> {
  const { rows } = await scope.query<MovementRow>(
    `select ${columns} from money_movements
      where tenant_id = $1 and kind = $2 and how is distinct from 'void' and (transaction_id = $3 or reference = $4)
      order by transaction_id = $3 desc nulls last limit 1`,
    [tenantId, type, id, reference],
  );
  return rows[0];
}

/**
 * What our ledger has given back of one charge, without one reference; a refund that LawPay has told of as failed since is
 * none. Refunds of one charge wait for each other from here
 * until their transactions end.
 */
export async function givenBack(
  scope: TenantScope,
  { tenantId, reference }: MovementPlace,
  ofTransaction: string,
): Promise<GivenBack> {
  await scope.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
    `refund/${tenantId}/${ofTransaction}`,
  ]);
  const { rows } = await scope.query<GivenBack>(
    `select coalesce(sum(m.amount_cents) filter (where m.state = 'answered'
              and (m.how = 'void' or coalesce(t.status, m.status) not in ('FAILED', 'VOIDED'))), 0)::float8 as "answeredCents",
            coalesce(sum(m.amount_cents) filter (where m.state = 'sent'), 0)::float8 as "sentCents"
       from money_movements m
       left join lawpay_transactions t on t.tenant_id = m.tenant_id and t.transaction_id = m.transaction_id
      where m.tenant_id = $1 and m.of_transaction = $2 and m.reference <> $3`,
    [tenantId, ofTransaction, reference],
  );
  return rows[0] ?? { answeredCents: 0, sentCents: 0 };
}
