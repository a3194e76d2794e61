/** The way to the account that a movement names, opened once for an attempt. */
import { openAccount, readAccounts, type OpenAccount } from '../../clients/lawpay/accounts.js';
import type { LawPayOptions } from '../../clients/lawpay/client.js';
import type { Pacer } from '../../clients/pacer.js';
import type { TenantId } from '../../domain/ids.js';
import type { DepositAccount } from '../../domain/payments/deposit.js';
import { openFirm, type FirmDeps } from './firm.js';

export interface AtGateway {
  options: LawPayOptions;
  account: OpenAccount;
}

/**
 * LawPay says anew in every attempt of what kind the account is, and gives its key: both are changed in its own web
 * application. The function throws OutsideError.
 */
export function gatewayOf(
  deps: FirmDeps,
  { tenantId, account }: { tenantId: TenantId; account: DepositAccount },
  signal: AbortSignal,
  pacer: Pacer,
): () => Promise<AtGateway> {
  let opened: AtGateway | undefined;
  return async () => {
    if (opened) return opened;
    const { options, settings } = await openFirm(deps, tenantId, signal, pacer);
    const accounts = await readAccounts(options, settings.mode);
    opened = { options, account: openAccount(accounts, account) };
    return opened;
  };
}
