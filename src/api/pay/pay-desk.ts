/** What happens on our payment page: it is looked at, and it is paid. Safe against every double click, reload and way back. */
import type { Client } from '@temporalio/client';
import type { Pool } from 'pg';
import {
  attemptKey,
  beginAttempt,
  forgetToken,
  giveUpAttempt,
  isSameToken,
  lockPage,
  type PageRow,
} from '../../db/payment-pages.js';
import { withTenant, type TenantScope } from '../../db/tenant.js';
import { findFirm } from '../../db/tenants.js';
import type { FirmProfile } from '../../domain/firm.js';
import type { TenantId } from '../../domain/ids.js';
import type { LadderPolicy } from '../../domain/ladder.js';
import { isStale, pageState, type PageState } from '../../domain/payments/page.js';
import type { WriteRequest } from '../../domain/writes.js';
import type { Logger } from '../../telemetry/logger.js';
import { startOnce } from '../../workflows/start-once.js';

export interface Address {
  tenantId: TenantId;
  secret: string;
}

/** A page as it is now. */
export interface PageNow {
  firm: FirmProfile;
  page: PageRow;
  state: PageState;
}

export interface PayDesk {
  /** The page of an address; undefined when there is none. */
  look(address: Address): Promise<PageNow | undefined>;
  /** Begins to pay with a token of the gateway, unless it is paid or being paid. @returns as `look` does, afterwards */
  pay(address: Address, token: string): Promise<PageNow | undefined>;
}

export interface PayDeskDeps {
  pool: Pool;
  /** Seals tokens until their write carries them. */
  box: { seal(plain: string, context: string): Buffer; open(sealed: Uint8Array, context: string): string };
  temporal: Client;
  logger: Logger;
  ladder: LadderPolicy;
}

/** A payer waits; when Temporal is away the next look tries again. Milliseconds. */
const START_DEADLINE_MS = 4_000;

export function createPayDesk(deps: PayDeskDeps): PayDesk {
  const visit = async (
    { tenantId, secret }: Address,
    work: (scope: TenantScope, page: PageRow) => Promise<void>,
  ): Promise<PageNow | undefined> => {
    const page = await withTenant(deps.pool, tenantId, async (scope) => {
      const found = await lockPage(scope, tenantId, secret);
      if (!found) return undefined;
      await work(scope, found);
      return lockPage(scope, tenantId, secret);
    });
    const firm = page && (await findFirm(deps.pool, tenantId));
    if (!firm) return undefined;
    await beginWrite(deps, firm, page);
    return { firm, page, state: stateOf(page) };
  };
  return {
    look: ({ tenantId, secret }) =>
      visit({ tenantId, secret }, async (scope, page) => {
        if (page.attempt && isStale(page.attempt, Date.now())) await giveUpAttempt(scope, tenantId, page);
      }),
    pay: ({ tenantId, secret }, token) =>
      visit({ tenantId, secret }, async (scope, page) => {
        if (stateOf(page).kind !== 'open' || isSameToken(page, token)) return;
        const sealed = deps.box.seal(token, contextOf(tenantId, page));
        await beginAttempt(scope, tenantId, page, { token, sealed });
      }),
  };
}

const stateOf = (page: PageRow): PageState => pageState(page, Date.now());

const contextOf = (tenantId: TenantId, { pageId }: PageRow): string => `payment-page/${tenantId}/${pageId}`;

/**
 * Starts the write of an attempt whose token still lies with us: at once, or with a later look when Temporal was away or
 * we were killed in between. The workflow's id is the attempt's, so a second start is none.
 */
async function beginWrite(
  { pool, box, temporal, logger, ladder }: PayDeskDeps,
  firm: FirmProfile,
  page: PageRow,
): Promise<void> {
  const { tenantId } = firm;
  const { attempt, sealedToken, deposit, callId } = page;
  if (!attempt || !sealedToken || attempt.movement.state !== 'ready') return;
  const request: WriteRequest = {
    operation: 'lawpay.charge.create',
    ...{ tenantId, key: attemptKey(page.pageId, attempt.attempts), priority: 'CRITICAL' },
    ...(callId !== null && { callId }),
    payload: { deposit, token: box.open(sealedToken, contextOf(tenantId, page)) },
  };
  const secondPerson = firm.deadLetters?.secondPersonForMoney ?? false;
  try {
    await temporal.withDeadline(Date.now() + START_DEADLINE_MS, () =>
      startOnce(temporal, { request, ladder, secondPerson }),
    );
  } catch (error) {
    logger.warn(
      { err: error, tenantId },
      'a charge could not be begun; the next look at its page tries again',
    );
    return;
  }
  await withTenant(pool, tenantId, (scope) => forgetToken(scope, tenantId, page));
}
