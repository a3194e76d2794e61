/** The way to LawPay for one firm: its connection, what it has settled, and what a refusal of it means for the rest. */
import type { Pool } from 'pg';
import type { LawPayOptions } from '../../clients/lawpay/client.js';
import type { Pacer } from '../../clients/pacer.js';
import { markRevoked } from '../../db/connections.js';
import { withTenant } from '../../db/tenant.js';
import { OutsideError } from '../../domain/failures.js';
import type { TenantId } from '../../domain/ids.js';
import { readLawPaySettings, type LawPaySettings } from '../../domain/payments/settings.js';
import { openConnection, openTokens, type SecretBox } from '../vendor-tokens.js';

export interface FirmDeps {
  pool: Pool;
  box: SecretBox;
  /** Longest wait for one answer, milliseconds. */
  timeoutMs: number;
}

export interface FirmAtLawPay {
  tenantId: TenantId;
  options: LawPayOptions;
  settings: LawPaySettings;
}

/** @throws OutsideError `auth` without a good connection, `invalid` naming a setting that is not */
export async function openFirm(
  { pool, box, timeoutMs }: FirmDeps,
  tenantId: TenantId,
  signal: AbortSignal,
  pacer: Pacer,
): Promise<FirmAtLawPay> {
  const place = { pool, box, tenantId, system: 'lawpay' } as const;
  const connection = await openConnection(place);
  const settings = readLawPaySettings(connection.settings);
  const { accessToken } = openTokens(place, connection);
  const options = { baseUrl: connection.baseUrl, accessToken, timeoutMs, signal, pacer };
  return { tenantId, options, settings };
}

/** LawPay's tokens cannot be renewed: after one refusal the firm's other writes park without asking again. */
export async function notingRefusal<T>(
  { pool }: Pick<FirmDeps, 'pool'>,
  tenantId: TenantId,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof OutsideError && error.errorClass === 'auth')
      await withTenant(pool, tenantId, (scope) => markRevoked(scope, tenantId, 'lawpay'));
    throw error;
  }
}
