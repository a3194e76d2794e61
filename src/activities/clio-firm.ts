/** A firm's Clio, opened for the length of one activity. */
import type { Pool } from 'pg';
import { createClioClient, type ClioClient } from '../clients/clio/client.js';
import type { Storage } from '../clients/clio/documents.js';
import type { Pacer } from '../clients/pacer.js';
import type { TenantId } from '../domain/ids.js';
import { clioTokens, type ClioTokenDeps } from './clio-tokens.js';

export interface FirmInClio {
  pool: Pool;
  tenantId: TenantId;
  clio: ClioClient;
  settings: Record<string, unknown>;
  /** Where the bytes of documents go. */
  storage: Storage;
}

/** @throws OutsideError `auth` when the firm is not connected. */
export async function openFirm(
  deps: ClioTokenDeps,
  tenantId: TenantId,
  signal: AbortSignal,
  pacer: Pacer,
): Promise<FirmInClio> {
  const { pool, timeoutMs } = deps;
  const { connection, tokens } = await clioTokens(deps, tenantId, signal);
  const clio = createClioClient({ baseUrl: connection.baseUrl, tokens, timeoutMs, signal, pacer });
  const storage = { timeoutMs, signal, allowsHttp: connection.baseUrl.startsWith('http:') };
  return { pool, tenantId, clio, settings: connection.settings, storage };
}
