/**
 * What payments tell the outside. An outcome is named after the movement or transaction it is of, so that our own answer, an
 * event, the poll and the daily comparison tell it once between them.
 */
import type { PaymentAccount } from '../../clients/lawpay/accounts.js';
import type { Transaction } from '../../clients/lawpay/transactions.js';
import { movementOfTransaction, type MovementRow } from '../../db/movements.js';
import { noteEvent } from '../../db/outgoing/events.js';
import { requestOfCharge } from '../../db/payment-requests.js';
import type { TenantScope } from '../../db/tenant.js';
import type { TenantId } from '../../domain/ids.js';
import type { AccountKind } from '../../domain/money.js';
import { outcomeOf, outcomeOfMovement, type PaymentOutcome } from '../../domain/payments/outcome.js';

interface Happening {
  outcome: PaymentOutcome;
  /** The movement or transaction that came to it. */
  of: string;
  atMs: number;
  /** By which the payment request is found. */
  charge: { reference?: string | null; transactionId?: string | null };
  /** Named when it serves no payment request; undefined: then it is nobody's business. */
  orElse: string | undefined;
  transactionId: string | null;
  amountCents: number;
  account: AccountKind | null;
}

/** Of a movement of ours that LawPay has just told of. @returns whether there is something to tell now. */
export async function tellOfMovement(
  scope: TenantScope,
  tenantId: TenantId,
  row: MovementRow,
): Promise<boolean> {
  const outcome = row.state === 'answered' ? outcomeOfMovement(row) : undefined;
  if (!outcome) return false;
  const { reference, kind, how, ofTransaction, transactionId, amountCents, accountKind: account } = row;
  return tell(scope, tenantId, {
    ...{ outcome, transactionId, amountCents, account, atMs: Date.now(), orElse: reference },
    of: how === 'void' ? voidOf(ofTransaction ?? reference) : reference,
    charge: kind === 'CHARGE' ? { reference } : { transactionId: ofTransaction },
  });
}

/**
 * Of a transaction that LawPay has just told of: of one that serves a payment request or is a movement of ours, when it has
 * come to something else than was known.
 * @param before its status as it was known, null for none; undefined: what was read is no news.
 * @returns whether there is something to tell now.
 */
export async function tellOfTransaction(
  scope: TenantScope,
  { tenantId, accounts }: { tenantId: TenantId; accounts: readonly PaymentAccount[] },
  read: Transaction,
  before: string | null | undefined,
): Promise<boolean> {
  const outcome = before === undefined ? undefined : outcomeOf(read);
  if (!outcome || (before !== null && outcomeOf({ ...read, status: before ?? '' }) === outcome)) return false;
  const row = await movementOfTransaction(scope, tenantId, read);
  // One of several under our reference, or of an outcome that is still unproven: the movement itself will tell.
  if (row && (row.state !== 'answered' || row.transactionId !== read.id)) return false;
  const { id, type, status, amountCents, accountId, modifiedAt } = read;
  return tell(scope, tenantId, {
    ...{ outcome, transactionId: id, amountCents, atMs: Date.parse(modifiedAt), orElse: row?.reference },
    of: status === 'VOIDED' ? voidOf(id) : (row?.reference ?? id),
    charge:
      type === 'CHARGE' ? { reference: read.reference ?? null } : { transactionId: read.chargeId ?? null },
    account: row?.accountKind ?? kindOf(accounts, accountId),
  });
}

/** A void is told of by its charge. */
const voidOf = (chargeId: string): string => `${chargeId}/void`;

function kindOf(accounts: readonly PaymentAccount[], accountId: string): AccountKind | null {
  const isTrust = accounts.find(({ id }) => id === accountId)?.isTrust;
  return isTrust === undefined ? null : isTrust ? 'trust' : 'operating';
}

async function tell(scope: TenantScope, tenantId: TenantId, happening: Happening): Promise<boolean> {
  const { outcome, of, atMs, charge, orElse, transactionId, amountCents, account } = happening;
  const request = await requestOfCharge(scope, tenantId, charge);
  const reference = request?.reference ?? orElse;
  if (reference === undefined) return false;
  return noteEvent(scope, tenantId, {
    ...{ type: `payment.${outcome}`, key: `payment/${of}/${outcome}`, occurredAtMs: atMs },
    data: {
      ...{ reference, call_id: request?.callId ?? null, transaction_id: transactionId, state: outcome },
      ...{ amount_cents: amountCents, currency: 'USD', account },
    },
  });
}
