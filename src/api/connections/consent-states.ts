/**
 * The way back from a consent page. What travels in the address (`state`) is sealed, so it cannot be made up; it names a
 * row that can be taken out once; and the row knows the browser it began in, so that nobody can begin a connection and
 * have somebody else, of another firm, finish it.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Pool } from 'pg';
import { z } from 'zod';
import { keepConnectState, redeemConnectState } from '../../db/connect-states.js';
import { withTenant } from '../../db/tenant.js';
import { TenantId } from '../../domain/ids.js';
import type { System } from '../../domain/writes.js';

/** Clio's code lives ten minutes too. */
export const CONSENT_LIFE_MS = 600_000;
const CONTEXT = 'connect-state';
const SECRET_BYTES = 32;

const Carried = z.object({ tenantId: TenantId, nonce: z.string() });

export interface SealingBox {
  seal(plain: string, context: string): Buffer;
  open(sealed: Uint8Array, context: string): string;
}

/** Who began it, for which firm, and what they asked for. */
export interface Begun {
  tenantId: TenantId;
  actor: string;
  details: Record<string, unknown>;
}

export interface ConsentStates {
  /** @returns `state` for the address, and the secret for the browser's cookie. */
  begin(system: System, begun: Begun): Promise<{ state: string; browserSecret: string }>;
  /** @returns undefined when it was made up, used, is too old, or comes from another browser. Used up in any case. */
  redeem(system: System, state: string, browserSecret: string | undefined): Promise<Begun | undefined>;
}

export function createConsentStates({ pool, box }: { pool: Pool; box: SealingBox }): ConsentStates {
  const carried = (state: string): z.infer<typeof Carried> | undefined => {
    try {
      return Carried.parse(JSON.parse(box.open(Buffer.from(state, 'base64url'), CONTEXT)));
    } catch {
      return undefined;
    }
  };
  return {
    begin: async (system, { tenantId, actor, details }) => {
      const [nonce, browserSecret] = [secret(), secret()];
      const hashes = { nonceHash: hashOf(nonce), browserHash: hashOf(browserSecret) };
      await withTenant(pool, tenantId, (scope) =>
        keepConnectState(scope, tenantId, { ...hashes, system, actor, details }, CONSENT_LIFE_MS),
      );
      const state = box.seal(JSON.stringify({ tenantId, nonce }), CONTEXT).toString('base64url');
      return { state, browserSecret };
    },
    redeem: async (system, state, browserSecret = '') => {
      const known = carried(state);
      if (!known) return undefined;
      const { tenantId, nonce } = known;
      const row = await withTenant(pool, tenantId, (scope) =>
        redeemConnectState(scope, tenantId, hashOf(nonce)),
      );
      if (row?.system !== system || !timingSafeEqual(row.browserHash, hashOf(browserSecret)))
        return undefined;
      return { tenantId, actor: row.actor, details: row.details };
    },
  };
}

const secret = (): string => randomBytes(SECRET_BYTES).toString('base64url');
const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest();
