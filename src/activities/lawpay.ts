/** Activities against LawPay, served on its own task queue. */
import type { Pool } from 'pg';
import {
  choosePage,
  LawPaySettings,
  paymentLink,
  readPagesAndAccounts,
} from '../clients/lawpay/payment-pages.js';
import { markRevoked } from '../db/connections.js';
import { findPaymentRequest, insertPaymentRequest } from '../db/payment-requests.js';
import { withTenant } from '../db/tenant.js';
import { OutsideError } from '../domain/failures.js';
import type { WriteRequest } from '../domain/writes.js';
import type { Logger } from '../telemetry/logger.js';
import type { WriteActivities } from './contracts.js';
import type { Landed, WriteAdapter } from './make-once.js';
import { createPerformWrite } from './perform-write.js';
import { openConnection, openTokens, type SecretBox } from './vendor-tokens.js';
import type { GateDeps } from './write-gate.js';

export interface LawPayDeps {
  pool: Pool;
  box: SecretBox;
  logger: Logger;
  gate: GateDeps;
  /** Longest wait for one answer, milliseconds. */
  timeoutMs: number;
}

export function createLawPayActivities(deps: LawPayDeps): WriteActivities {
  return {
    performWrite: createPerformWrite({
      pool: deps.pool,
      box: deps.box,
      logger: deps.logger,
      gate: deps.gate,
      // A payment request lives in our own table, which does not lag.
      settleMs: 0,
      adapterFor: (request, signal) => Promise.resolve(paymentRequestAdapter(deps, request, signal)),
    }),
  };
}

/** A link is made of what LawPay tells us and stored under its unique reference: that row is the write. */
function paymentRequestAdapter(deps: LawPayDeps, request: WriteRequest, signal: AbortSignal): WriteAdapter {
  if (request.operation !== 'lawpay.paymentRequest.create')
    throw new OutsideError('internal', `${request.operation} arrived on LawPay’s queue`);
  const { payload, tenantId, callId } = request;
  const { reference, money } = payload;
  const find = async (): Promise<Landed | undefined> => {
    const row = await withTenant(deps.pool, tenantId, (scope) =>
      findPaymentRequest(scope, tenantId, reference),
    );
    return row && { externalId: row.reference, url: row.url };
  };
  return {
    find,
    create: async () => {
      const url = await makeLink(deps, request, signal);
      await withTenant(deps.pool, tenantId, (scope) =>
        insertPaymentRequest(scope, tenantId, { reference, callId, money, url }),
      );
      // Whoever inserted first has made the link that counts.
      const stored = await find();
      if (!stored) throw new OutsideError('internal', 'a payment request vanished after it was stored');
      return { ...stored, referenced: true };
    },
    carriesReference: async () => (await find()) !== undefined,
  };
}

async function makeLink(
  deps: LawPayDeps,
  request: Extract<WriteRequest, { operation: 'lawpay.paymentRequest.create' }>,
  signal: AbortSignal,
): Promise<string> {
  const { pool, box, timeoutMs } = deps;
  const place = { pool, box, tenantId: request.tenantId, system: 'lawpay' } as const;
  const connection = await openConnection(place);
  const settings = LawPaySettings.safeParse(connection.settings);
  if (!settings.success) {
    const field = settings.error.issues[0]?.path.join('.') ?? 'settings';
    throw new OutsideError('invalid', `the firm’s LawPay settings lack a valid "${field}"`);
  }
  const { accessToken } = openTokens(place, connection);
  const options = { baseUrl: connection.baseUrl, accessToken, timeoutMs, signal };
  try {
    const { pages, accounts } = await readPagesAndAccounts(options, settings.data.mode);
    const page = choosePage(pages, accounts, request.payload.money.account, settings.data.pages);
    return paymentLink(page.public_url, request.payload, settings.data.amountUnit);
  } catch (error) {
    // LawPay's tokens cannot be renewed: one refusal, and the firm's other requests park without asking again.
    if (error instanceof OutsideError && error.errorClass === 'auth')
      await withTenant(pool, request.tenantId, (scope) => markRevoked(scope, request.tenantId, 'lawpay'));
    throw error;
  }
}
