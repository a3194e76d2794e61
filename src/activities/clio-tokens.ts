import type { Pool } from 'pg';
import type { TokenSource } from '../clients/clio/client.js';
import { refreshClioTokens } from '../clients/clio/oauth.js';
import type { Connection } from '../db/connections.js';
import { appAt, type ClioPlace } from '../domain/clio-regions.js';
import { OutsideError } from '../domain/failures.js';
import type { TenantId } from '../domain/ids.js';
import { createTokenSource, openConnection, type SecretBox } from './vendor-tokens.js';

export interface ClioTokenDeps {
  pool: Pool;
  box: SecretBox;
  /** Our app in each region: tokens are renewed by the one they were given to. */
  places: readonly ClioPlace[];
  /** Longest wait for one answer, milliseconds. */
  timeoutMs: number;
}

/** A firm's connection to Clio and its tokens, for the length of one activity. @throws OutsideError `auth` */
export async function clioTokens(
  { pool, box, places, timeoutMs }: ClioTokenDeps,
  tenantId: TenantId,
  signal: AbortSignal,
): Promise<{ connection: Connection; tokens: TokenSource }> {
  const place = { pool, box, tenantId, system: 'clio' } as const;
  const connection = await openConnection(place);
  const app = appAt(places, connection.baseUrl);
  const tokens = createTokenSource(place, connection, async (refreshToken) => {
    // Our own mistake, not the firm's: its grant is as good as before.
    if (!app)
      throw new OutsideError('internal', 'there is no Clio app for the firm’s region: set CLIO_CLIENT_ID');
    return refreshClioTokens(connection.baseUrl, app, refreshToken, { timeoutMs, signal });
  });
  return { connection, tokens };
}
