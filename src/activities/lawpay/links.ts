/** Payment requests: a link is made of what LawPay tells us and stored under its unique reference: that row is the write. */
import { randomBytes } from 'node:crypto';
import { openAccount, readAccounts } from '../../clients/lawpay/accounts.js';
import { choosePage, paymentLink, readPagesAndAccounts } from '../../clients/lawpay/payment-pages.js';
import type { Pacer } from '../../clients/pacer.js';
import { findPaymentRequest, insertPaymentRequest } from '../../db/payment-requests.js';
import { insertPage } from '../../db/payment-pages.js';
import { withTenant, type TenantScope } from '../../db/tenant.js';
import { OutsideError } from '../../domain/failures.js';
import { depositOf } from '../../domain/payments/deposit.js';
import { verifiedUnit } from '../../domain/payments/settings.js';
import type { WriteRequest } from '../../domain/writes.js';
import type { Landed, WriteAdapter } from '../make-once.js';
import { notingRefusal, openFirm, type FirmAtLawPay, type FirmDeps } from './firm.js';

export interface LinkDeps extends FirmDeps {
  /** How payers reach our own page, without a slash at the end. */
  publicUrl: string;
  /** How long a link to it is good, milliseconds. */
  pageLifeMs: number;
}

export type LinkRequest = Extract<WriteRequest, { operation: 'lawpay.paymentRequest.create' }>;

/** A link, and what is stored together with it. */
interface Link {
  url: string;
  keep?: (scope: TenantScope) => Promise<void>;
}

export function linkAdapter(
  deps: LinkDeps,
  request: LinkRequest,
  signal: AbortSignal,
  pacer: Pacer,
): WriteAdapter {
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
      const firm = await openFirm(deps, tenantId, signal, pacer);
      const link = await notingRefusal(deps, tenantId, () =>
        firm.settings.payOn === 'hermes' ? ourPage(deps, firm, request) : theirPage(firm, request),
      );
      await withTenant(deps.pool, tenantId, async (scope) => {
        const isFirst = await insertPaymentRequest(scope, tenantId, {
          reference,
          callId,
          money,
          url: link.url,
        });
        if (isFirst) await link.keep?.(scope);
      });
      // Whoever inserted first has made the link that counts.
      const stored = await find();
      if (!stored) throw new OutsideError('internal', 'a payment request vanished after it was stored');
      return { ...stored, referenced: true };
    },
    carriesReference: async () => (await find()) !== undefined,
  };
}

/** LawPay's page of the account that the money is meant for. */
async function theirPage({ options, settings }: FirmAtLawPay, { payload }: LinkRequest): Promise<Link> {
  const unit = verifiedUnit(settings);
  const { pages, accounts } = await readPagesAndAccounts(options, settings.mode);
  const page = choosePage(pages, accounts, payload.money.account, settings.pages);
  return { url: paymentLink(page.public_url, payload, unit) };
}

/** A page of ours, for a deposit into the account that the firm has named and LawPay confirms. */
async function ourPage(deps: LinkDeps, firm: FirmAtLawPay, request: LinkRequest): Promise<Link> {
  const { options, settings, tenantId } = firm;
  const { money, purpose, reference: requestReference } = request.payload;
  const deposit = depositOf(money, settings.accounts);
  const accounts = await readAccounts(options, settings.mode);
  const { publicKey } = openAccount(accounts, deposit.account);
  const secret = randomBytes(32).toString('base64url');
  const page = {
    ...{ tenantId, secret, requestReference, callId: request.callId, purpose, deposit, publicKey },
    pageId: `pay_${randomBytes(12).toString('hex')}`,
    expiresAt: new Date(Date.now() + deps.pageLifeMs),
  };
  const url = `${deps.publicUrl}/pay/${tenantId}.${secret}`;
  return { url, keep: (scope) => insertPage(scope, page) };
}
