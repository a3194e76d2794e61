import type { Pool } from 'pg';
import type { TenantId } from '../../../domain/ids.js';
import type { AccountKind } from '../../../domain/money.js';
import type { LawPaySettings, UnitProof } from '../../../domain/payments/settings.js';

interface By {
  actor: string;
  atMs: number;
}

/** What the firm settles at LawPay; its methods throw OutsideError. */
export interface PaymentSetup {
  read(tenantId: TenantId): Promise<{
    settings: LawPaySettings;
    accounts: { id: string; name: string; isTrust: boolean | undefined; takesCards: boolean }[];
    pages: { id: number; accountId: string; probeUrl: string }[];
  }>;
  nameAccounts(
    tenantId: TenantId,
    chosen: Partial<Record<AccountKind, string>>,
    payOn: LawPaySettings['payOn'],
    by: By,
  ): Promise<void>;
  newEventsSecret(tenantId: TenantId, by: By): Promise<string>;
  proveUnit(tenantId: TenantId, shownCents: number, by: By): Promise<UnitProof>;
}

export interface PaymentDeps {
  pool: Pool;
  paymentSetup: PaymentSetup;
}
