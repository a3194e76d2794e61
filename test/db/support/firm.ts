import { randomBytes } from 'node:crypto';
import { saveFirm } from '../../../src/db/tenants.js';
import type { FirmProfile } from '../../../src/domain/firm.js';
import { callIdFrom, type CallId } from '../../../src/domain/ids.js';
import type { Pool } from 'pg';

export const firmNamed = (tenantId: string): FirmProfile => ({
  tenantId,
  name: `Firm ${tenantId}`,
  timeZone: 'America/Chicago',
  states: ['TX'],
  practiceAreas: ['personal_injury'],
  consultationFees: {},
});

/** Two firms that know nothing of each other. */
export async function twoFirms(pool: Pool): Promise<void> {
  await saveFirm(pool, firmNamed('firm-a'));
  await saveFirm(pool, firmNamed('firm-b'));
}

export const newCallId = (): CallId => callIdFrom(randomBytes(20));
