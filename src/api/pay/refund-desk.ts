/** Where a person orders a refund: one write for each order, however often the order is sent. */
import { createHash } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { Pool } from 'pg';
import { appendAudit, auditOf } from '../../db/audit.js';
import { readConnection } from '../../db/connections.js';
import { accountOfTransaction } from '../../db/payment-transactions.js';
import { withTenant, type TenantScope } from '../../db/tenant.js';
import { findFirm } from '../../db/tenants.js';
import type { TenantId } from '../../domain/ids.js';
import type { LadderPolicy } from '../../domain/ladder.js';
import { Deposit, type DepositAccount } from '../../domain/payments/deposit.js';
import { readLawPaySettings } from '../../domain/payments/settings.js';
import type { WriteRequest } from '../../domain/writes.js';
import type { ExternalWriteInput } from '../../workflows/messages.js';
import { startOnce } from '../../workflows/start-once.js';
import { writeStart } from '../../workflows/write-start.js';
import { ProblemError } from '../problems.js';

export interface RefundOrder {
  /** LawPay's id of the charge. */
  transactionId: string;
  amountCents: number;
  /** Names the order: the same one sent again is the same refund. */
  orderId: string;
  actor: string;
  reason: string;
}

export interface RefundOrdered {
  writeId: string;
  /** The firm wants two people for money: nothing moves before another one approves. */
  awaitsApproval: boolean;
}

export interface RefundDesk {
  /** @throws ProblemError `setup_refused`, `name_taken`, `writes_unavailable` */
  order(tenantId: TenantId, order: RefundOrder): Promise<RefundOrdered>;
}

export interface RefundDeskDeps {
  pool: Pool;
  temporal: Client;
  ladder: LadderPolicy;
}

const START_DEADLINE_MS = 5_000;
/** Entries of the audit log about one refund; the order is the first. */
const KNOWN_OF_ONE = 1_000;

export const createRefundDesk = (deps: RefundDeskDeps): RefundDesk => ({
  order: async (tenantId, order) => {
    const account = await accountOf(deps, tenantId, order.transactionId);
    const request = requestOf(tenantId, order, account);
    const { pool, ladder } = deps;
    const firm = await findFirm(pool, tenantId);
    const secondPerson = firm?.deadLetters?.secondPersonForMoney ?? false;
    const { actor, reason } = order;
    const input: ExternalWriteInput = { request, ladder, secondPerson, orderedBy: { actor, reason } };
    const { workflowId: writeId } = writeStart(input);
    await withTenant(pool, tenantId, (scope) => noteOrder(scope, tenantId, writeId, order));
    await begin(deps, input);
    return { writeId, awaitsApproval: secondPerson };
  },
});

/** @throws ProblemError when an order of this id was for something else */
async function noteOrder(
  scope: TenantScope,
  tenantId: TenantId,
  subject: string,
  { actor, reason, transactionId, amountCents }: RefundOrder,
): Promise<void> {
  const isNew = await appendAudit(scope, {
    ...{ tenantId, eventId: `${subject}/ordered`, atMs: Date.now(), action: 'payments.refund' },
    ...{ actor, reason, subject, details: { transactionId, amountCents } },
  });
  if (isNew) return;
  const known = await auditOf(scope, tenantId, subject, KNOWN_OF_ONE);
  const ordered = known.find(({ action }) => action === 'payments.refund')?.details;
  if (ordered?.['transactionId'] === transactionId && ordered['amountCents'] === amountCents) return;
  throw new ProblemError('name_taken', 'An order of this order_id was for another charge or another amount.');
}

/** The account that the charge lies in, by LawPay's own word, if the firm has named it. */
async function accountOf({ pool }: RefundDeskDeps, tenantId: TenantId, id: string): Promise<DepositAccount> {
  const { accountId, connection } = await withTenant(pool, tenantId, async (scope) => ({
    accountId: await accountOfTransaction(scope, tenantId, id),
    connection: await readConnection(scope, tenantId, 'lawpay'),
  }));
  if (accountId === undefined)
    throw new ProblemError('setup_refused', 'No charge of this id is known yet; the next poll may bring it.');
  const { trust, operating } = readLawPaySettings(connection?.settings ?? {}).accounts;
  if (accountId === trust) return { kind: 'trust', id: trust };
  if (accountId === operating) return { kind: 'operating', id: operating };
  throw new ProblemError('setup_refused', `The charge lies in ${accountId}, which the firm has not named.`);
}

function requestOf(tenantId: TenantId, order: RefundOrder, account: DepositAccount): WriteRequest {
  const digest = createHash('sha256').update(`${tenantId}/${order.orderId}`).digest('hex').slice(0, 24);
  const { amountCents, transactionId } = order;
  const fee = account.kind === 'trust' ? 'unearned' : 'earned';
  const deposit = Deposit.parse({ fee, amountCents, currency: 'USD', account });
  return {
    operation: 'lawpay.charge.reverse',
    ...{ tenantId, key: `refund_${digest}`, priority: 'CRITICAL', payload: { transactionId, deposit } },
  };
}

async function begin({ temporal }: RefundDeskDeps, input: ExternalWriteInput): Promise<void> {
  try {
    await temporal.withDeadline(Date.now() + START_DEADLINE_MS, () => startOnce(temporal, input));
  } catch (error) {
    throw new ProblemError('writes_unavailable', undefined, undefined, { cause: error });
  }
}
