import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { createCall, type NewCall } from '../db/calls.js';
import { findFirm } from '../db/tenants.js';
import type { FirmProfile } from '../domain/firm.js';
import { type CallId, callIdFrom, type TenantId } from '../domain/ids.js';
import { ProblemError } from './problems.js';
import { hashSessionToken, issueSessionToken, SESSION_TOKEN_LIFETIME_MS } from './session-token.js';

export interface OpenedCall {
  callId: CallId;
  /** Lets one caller onto this call, once. */
  token: string;
  tokenExpiresAtMs: number;
  firm: FirmProfile;
}

/** Writes down a call of this firm that somebody may claim. @throws ProblemError when there is no such firm. */
export async function openCall(
  pool: Pool,
  tenantId: TenantId,
  { transport, callerIdE164 }: Pick<NewCall, 'transport' | 'callerIdE164'>,
): Promise<OpenedCall> {
  const firm = await findFirm(pool, tenantId);
  if (!firm) throw new ProblemError('not_found', 'This firm has not been set up here.');
  const callId = callIdFrom(randomBytes(20));
  const token = issueSessionToken(tenantId);
  const tokenExpiresAtMs = Date.now() + SESSION_TOKEN_LIFETIME_MS;
  const tokenHash = hashSessionToken(token);
  await createCall(pool, { tenantId, callId, transport, tokenHash, tokenExpiresAtMs, callerIdE164 });
  return { callId, token, tokenExpiresAtMs, firm };
}
