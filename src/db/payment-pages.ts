/** Our own payment pages, and the attempts to pay on them. */
import { createHash } from 'node:crypto';
import type { TenantId } from '../domain/ids.js';
import { Deposit } from '../domain/payments/deposit.js';
import type { AttemptNow, Purpose } from '../domain/payments/page.js';
import { changeMovement, openMovement } from './movements.js';
import type { TenantScope } from './tenant.js';

export interface NewPage {
  tenantId: TenantId;
  pageId: string;
  /** The secret of its address. */
  secret: string;
  requestReference: string;
  callId: string | undefined;
  purpose: Purpose;
  deposit: Deposit;
  publicKey: string;
  expiresAt: Date;
}

export interface PageRow {
  pageId: string;
  callId: string | null;
  purpose: Purpose;
  deposit: Deposit;
  publicKey: string;
  expiresAtMs: number;
  sealedToken: Buffer | null;
  tokenSha256: Buffer | null;
  attempt?: AttemptNow;
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Operation key of one attempt to pay. */
export const attemptKey = (pageId: string, attempt: number): string => `${pageId}.${attempt}`;

/** Stores a page, unless its request has one. */
export async function insertPage(scope: TenantScope, page: NewPage): Promise<void> {
  const { deposit } = page;
  await scope.query(
    `insert into payment_pages (tenant_id, page_id, secret_sha256, request_reference, call_id, purpose, fee, account_kind,
                                account_id, amount_cents, currency, public_key, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict do nothing`,
    [
      ...[page.tenantId, page.pageId, sha256(page.secret), page.requestReference, page.callId, page.purpose],
      ...[deposit.fee, deposit.account.kind, deposit.account.id, deposit.amountCents, deposit.currency],
      ...[page.publicKey, page.expiresAt],
    ],
  );
}

interface Stored {
  pageId: string;
  callId: string | null;
  purpose: Purpose;
  fee: string;
  accountKind: string;
  accountId: string;
  amountCents: number;
  currency: string;
  publicKey: string;
  expiresAt: Date;
  attempts: number;
  attemptedAt: Date | null;
  tokenSha256: Buffer | null;
  sealedToken: Buffer | null;
  state: AttemptNow['movement']['state'] | null;
  status: string | null;
  failureCode: string | null;
}

/** The page of an address, held until the transaction ends so that two clicks come one after the other. */
export async function lockPage(
  scope: TenantScope,
  tenantId: TenantId,
  secret: string,
): Promise<PageRow | undefined> {
  const { rows } = await scope.query<Stored>(
    `select p.page_id as "pageId", p.call_id as "callId", p.purpose, p.fee, p.account_kind as "accountKind",
            p.account_id as "accountId", p.amount_cents::float8 as "amountCents", p.currency,
            p.public_key as "publicKey", p.expires_at as "expiresAt", p.attempts, p.attempted_at as "attemptedAt",
            p.token_sha256 as "tokenSha256", p.sealed_token as "sealedToken", m.state, m.status,
            m.failure_code as "failureCode"
       from payment_pages p
       left join money_movements m on m.tenant_id = p.tenant_id and m.reference = p.page_id || '.' || p.attempts
      where p.tenant_id = $1 and p.secret_sha256 = $2 for update of p`,
    [tenantId, sha256(secret)],
  );
  return rows[0] && pageOf(rows[0]);
}

function pageOf(row: Stored): PageRow {
  const { fee, amountCents, currency, accountKind: kind, accountId: id } = row;
  const { attempts, attemptedAt, state, status, failureCode } = row;
  return {
    pageId: row.pageId,
    callId: row.callId,
    purpose: row.purpose,
    deposit: Deposit.parse({ fee, amountCents, currency, account: { kind, id } }),
    publicKey: row.publicKey,
    expiresAtMs: row.expiresAt.getTime(),
    sealedToken: row.sealedToken,
    tokenSha256: row.tokenSha256,
    ...(attemptedAt &&
      state && {
        attempt: {
          ...{ attempts, attemptedAtMs: attemptedAt.getTime() },
          isWaiting: row.sealedToken !== null,
          movement: { state, status, failureCode },
        },
      }),
  };
}

/** Whether this token is the one of the current attempt. */
export const isSameToken = ({ tokenSha256 }: PageRow, token: string): boolean =>
  tokenSha256?.equals(sha256(token)) ?? false;

/** Begins a further attempt: from here on the page shows it, and no other begins before it has failed. @returns its key */
export async function beginAttempt(
  scope: TenantScope,
  tenantId: TenantId,
  page: PageRow,
  { token, sealed }: { token: string; sealed: Buffer },
): Promise<string> {
  const attempt = (page.attempt?.attempts ?? 0) + 1;
  const reference = attemptKey(page.pageId, attempt);
  await openMovement(scope, { tenantId, reference }, { deposit: page.deposit });
  await scope.query(
    `update payment_pages set attempts = $3, token_sha256 = $4, sealed_token = $5, attempted_at = now()
      where tenant_id = $1 and page_id = $2`,
    [tenantId, page.pageId, attempt, sha256(token), sealed],
  );
  return reference;
}

/** The write of the current attempt has begun and carries the token: we need it no more. */
export async function forgetToken(
  scope: TenantScope,
  tenantId: TenantId,
  { pageId }: Pick<PageRow, 'pageId'>,
): Promise<void> {
  await scope.query('update payment_pages set sealed_token = null where tenant_id = $1 and page_id = $2', [
    tenantId,
    pageId,
  ]);
}

/** Gives up an attempt whose token is dead and whose write never began. */
export async function giveUpAttempt(scope: TenantScope, tenantId: TenantId, page: PageRow): Promise<void> {
  const reference = attemptKey(page.pageId, page.attempt?.attempts ?? 0);
  await changeMovement(scope, { tenantId, reference }, { kind: 'close' });
  await forgetToken(scope, tenantId, page);
}
