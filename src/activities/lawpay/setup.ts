/** What an administrator settles before money is asked for: the accounts, whose page, and what its amounts mean. */
import { createHash, randomBytes } from 'node:crypto';
import { readPagesAndAccounts, probeLink } from '../../clients/lawpay/payment-pages.js';
import { appendAudit } from '../../db/audit.js';
import { mergeSettings } from '../../db/connections.js';
import { withTenant } from '../../db/tenant.js';
import { OutsideError } from '../../domain/failures.js';
import type { TenantId } from '../../domain/ids.js';
import type { AccountKind } from '../../domain/money.js';
import { namedAccounts } from '../../domain/payments/deposit.js';
import {
  UNIT_PROBE,
  unitShownBy,
  type LawPaySettings,
  type UnitProof,
} from '../../domain/payments/settings.js';
import type { Logger } from '../../telemetry/logger.js';
import type { PaceRule } from '../../domain/pace.js';
import { createPacer } from '../write-pace.js';
import { notingRefusal, openFirm, type FirmAtLawPay, type FirmDeps } from './firm.js';

export interface SetupDeps extends FirmDeps {
  logger: Logger;
  rule: PaceRule;
}

/** Who does it, for the audit log. */
export interface By {
  actor: string;
  atMs: number;
}

/** All of its methods throw OutsideError. */
export function createLawPaySetup(deps: SetupDeps) {
  const atLawPay = async <T>(tenantId: TenantId, work: (firm: FirmAtLawPay) => Promise<T>): Promise<T> => {
    const { signal } = new AbortController();
    const place = { tenantId, lane: 'lawpay', signal, nowMs: undefined, taken: undefined } as const;
    const firm = await openFirm(deps, tenantId, signal, createPacer({ ...deps, ...place, requests: 1 }));
    return notingRefusal(deps, tenantId, () => work(firm));
  };
  const settle = (
    tenantId: TenantId,
    patch: Partial<LawPaySettings>,
    action: string,
    by: By,
  ): Promise<void> =>
    withTenant(deps.pool, tenantId, async (scope) => {
      await mergeSettings(scope, tenantId, 'lawpay', patch);
      await appendAudit(scope, {
        ...{ tenantId, action, actor: by.actor, atMs: by.atMs, subject: 'lawpay', details: patch },
        eventId: `lawpay/${action}/${by.atMs}`,
        reason: 'set-up',
      });
    });
  return {
    /** What is settled, beside what LawPay offers to choose from. */
    read: (tenantId: TenantId) =>
      atLawPay(tenantId, async ({ options, settings }) => {
        const { pages, accounts } = await readPagesAndAccounts(options, settings.mode);
        return {
          settings,
          accounts: accounts.map(({ id, name, isTrust, takesCards }) => ({ id, name, isTrust, takesCards })),
          pages: pages.map((page) => ({
            id: page.id,
            accountId: page.merchant_account_id,
            probeUrl: probeLink(page.public_url, UNIT_PROBE),
          })),
        };
      }),
    /** Names the card accounts; LawPay must say of each that it is of that kind and takes cards. */
    nameAccounts: (
      tenantId: TenantId,
      chosen: Partial<Record<AccountKind, string>>,
      payOn: LawPaySettings['payOn'],
      by: By,
    ): Promise<void> =>
      atLawPay(tenantId, async ({ options, settings }) => {
        const { accounts } = await readPagesAndAccounts(options, settings.mode);
        const named = namedAccounts(
          chosen,
          accounts.filter(({ takesCards }) => takesCards),
        );
        await settle(tenantId, { accounts: named, payOn }, 'payments.accounts', by);
      }),
    /** Makes a new secret for the address that LawPay posts events to; the old one is good no more. */
    newEventsSecret: async (tenantId: TenantId, by: By): Promise<string> => {
      const secret = randomBytes(24).toString('base64url');
      const eventsSecretSha256 = createHash('sha256').update(secret).digest('hex');
      await settle(tenantId, { eventsSecretSha256 }, 'payments.events_secret', by);
      return secret;
    },
    /** Keeps what a person saw on the firm's page for the probe. */
    proveUnit: async (tenantId: TenantId, shownCents: number, by: By): Promise<UnitProof> => {
      const unit = unitShownBy(shownCents);
      if (unit === undefined)
        throw new OutsideError(
          'invalid',
          `for amount=${UNIT_PROBE} a page shows $12.34 or $1,234.00; one that shows something else cannot be used`,
        );
      const unitProof = { unit, shownCents, by: by.actor, atMs: by.atMs };
      await settle(tenantId, { unitProof }, 'payments.unit', by);
      return unitProof;
    },
  };
}
export type LawPaySetup = ReturnType<typeof createLawPaySetup>;
