/** Vendor credentials of a firm: opened when needed, renewed one at a time, sealed again before they are stored. */
import type { Pool } from 'pg';
import { z } from 'zod';
import type { TokenSource } from '../clients/clio/client.js';
import type { FreshTokens } from '../clients/clio/oauth.js';
import {
  lockConnection,
  markRevoked,
  readConnection,
  saveConnection,
  saveTokens,
  type Connection,
} from '../db/connections.js';
import { withTenant } from '../db/tenant.js';
import { OutsideError } from '../domain/failures.js';
import type { TenantId } from '../domain/ids.js';
import type { System } from '../domain/writes.js';

/** Seals and opens secrets; `context` must be the same both times. */
export interface SecretBox {
  seal(plain: string, context: string): Buffer;
  open(sealed: Uint8Array, context: string): string;
}

/** What is sealed into `connections.sealed_tokens`. */
export const VendorTokens = z.object({
  accessToken: z.string().min(1),
  /** Absent where the vendor gives none. */
  refreshToken: z.string().min(1).optional(),
});
export type VendorTokens = z.infer<typeof VendorTokens>;

export interface Place {
  pool: Pool;
  box: SecretBox;
  tenantId: TenantId;
  system: System;
}

/** Binds sealed tokens to their row: copied to another firm they do not open. */
const contextOf = ({ tenantId, system }: Pick<Place, 'tenantId' | 'system'>): string =>
  `connections/${tenantId}/${system}`;

/** As they are stored. */
export const sealTokens = (place: Pick<Place, 'box' | 'tenantId' | 'system'>, tokens: VendorTokens): Buffer =>
  place.box.seal(JSON.stringify(tokens), contextOf(place));

/** Creates or replaces a firm's connection to a vendor. */
export async function connectVendor(
  place: Place,
  connection: {
    baseUrl: string;
    settings: Record<string, unknown>;
    tokens: VendorTokens;
    expiresAt: Date | null;
  },
): Promise<void> {
  const { baseUrl, settings, tokens, expiresAt } = connection;
  const sealedTokens = sealTokens(place, tokens);
  await withTenant(place.pool, place.tenantId, (scope) =>
    saveConnection(scope, place.tenantId, place.system, {
      baseUrl,
      settings,
      sealedTokens,
      tokenExpiresAt: expiresAt,
    }),
  );
}

/**
 * @throws OutsideError `auth` when the firm never connected the system or the vendor has refused it since. Nothing is
 *   sent then: one revoked grant must not cost an attempt per write.
 */
export async function openConnection({ pool, tenantId, system }: Place): Promise<Connection> {
  const connection = await withTenant(pool, tenantId, (scope) => readConnection(scope, tenantId, system));
  if (!connection) throw new OutsideError('auth', `the firm has not connected ${system}`);
  return good(connection, system);
}

function good(connection: Connection, system: System): Connection {
  if (!connection.sealedTokens)
    throw new OutsideError('auth', `the firm has no ${system} tokens: connect it again`);
  if (connection.revokedAt)
    throw new OutsideError('auth', `${system} has refused the firm’s connection: connect it again`);
  return connection;
}

/** @throws OutsideError `auth` when no tokens are stored. */
export function openTokens(place: Place, connection: Connection): VendorTokens {
  if (!connection.sealedTokens)
    throw new OutsideError('auth', `the firm has no ${place.system} tokens: connect it again`);
  return VendorTokens.parse(JSON.parse(place.box.open(connection.sealedTokens, contextOf(place))));
}

/** A token that ends sooner than this is renewed before it is used, so that it does not die on the way. */
const RENEW_BEFORE_MS = 60_000;

/**
 * Tokens of one firm for the length of one activity.
 * @param exchange asks the vendor for new tokens; throws OutsideError `auth` when it refuses.
 */
export function createTokenSource(
  place: Place,
  connection: Connection,
  exchange: (refreshToken: string) => Promise<FreshTokens>,
): TokenSource {
  let token = openTokens(place, connection).accessToken;
  const renew = async (refused: string): Promise<string> => {
    token = await renewSerially(place, refused, exchange);
    return token;
  };
  const dyingAtMs = connection.tokenExpiresAt && connection.tokenExpiresAt.getTime() - RENEW_BEFORE_MS;
  let renewed = false;
  return {
    current: async () => {
      if (renewed || dyingAtMs === null || dyingAtMs > Date.now()) return token;
      renewed = true;
      return renew(token);
    },
    renew,
  };
}

/** Holds the connection's row while it asks, so that a firm's workers renew once and share the result. */
async function renewSerially(
  place: Place,
  refused: string,
  exchange: (refreshToken: string) => Promise<FreshTokens>,
): Promise<string> {
  const { pool, tenantId, system } = place;
  const outcome = await withTenant(pool, tenantId, async (scope) => {
    const locked = await lockConnection(scope, tenantId, system);
    if (!locked) throw new OutsideError('auth', `the firm has not connected ${system}`);
    const tokens = openTokens(place, good(locked, system));
    if (tokens.accessToken !== refused) return tokens.accessToken;
    try {
      if (tokens.refreshToken === undefined)
        throw new OutsideError('auth', `${system} refused the firm’s token, which cannot be renewed`);
      const fresh = await exchange(tokens.refreshToken);
      // Some apps rotate refresh tokens: a new one replaces the old, its absence keeps it.
      const next = {
        accessToken: fresh.accessToken,
        refreshToken: fresh.refreshToken ?? tokens.refreshToken,
      };
      await saveTokens(scope, tenantId, system, {
        sealedTokens: sealTokens(place, next),
        tokenExpiresAt: new Date(Date.now() + fresh.expiresInS * 1_000),
      });
      return next.accessToken;
    } catch (error) {
      if (!(error instanceof OutsideError) || error.errorClass !== 'auth') throw error;
      // Returned, not thrown: the note of the revocation must be committed.
      await markRevoked(scope, tenantId, system);
      return error;
    }
  });
  if (outcome instanceof OutsideError) throw outcome;
  return outcome;
}
