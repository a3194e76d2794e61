import type { Pool } from 'pg';
import { firmOfCall } from '../db/calls.js';
import type { FirmProfile } from '../domain/firm.js';
import type { CallId, TenantId } from '../domain/ids.js';

/** The profile each call began with. Remembered, so that handing turns over needs no database. */
export interface CallFirms {
  remember(callId: CallId, firm: FirmProfile): void;
  /** @throws Error when the call was never claimed, or the driver's error when the database is away. */
  of(tenantId: TenantId, callId: CallId): Promise<FirmProfile>;
}

/** Far more than one process has on the line; the oldest are looked up again should they come back. */
const REMEMBERED = 2_000;

export function createCallFirms(pool: Pool): CallFirms {
  const firms = new Map<CallId, FirmProfile>();
  const remember = (callId: CallId, firm: FirmProfile): void => {
    firms.set(callId, firm);
    const oldest = firms.size > REMEMBERED ? firms.keys().next().value : undefined;
    if (oldest !== undefined) firms.delete(oldest);
  };
  return {
    remember,
    async of(tenantId, callId) {
      const known = firms.get(callId) ?? (await firmOfCall(pool, tenantId, callId));
      if (!known) throw new Error('the call was never claimed');
      remember(callId, known);
      return known;
    },
  };
}
