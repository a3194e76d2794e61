import type { Pool } from 'pg';
import { z } from 'zod';
import { connectVendor, type SecretBox } from '../../../activities/vendor-tokens.js';
import { readConnection } from '../../../db/connections.js';
import { withTenant } from '../../../db/tenant.js';
import { findFirm, saveFirm } from '../../../db/tenants.js';
import { type FirmProfile, handledAreas } from '../../../domain/firm.js';
import type { Money } from '../../../domain/money.js';

const toTrust = (dollars: number): Money => ({
  amountCents: dollars * 100,
  currency: 'USD',
  account: 'trust',
});

/** A fictional firm in Texas. Its other areas give the first consultation free. */
export const demoFirm: FirmProfile = {
  tenantId: 'harbor-vale',
  name: 'Harbor & Vale LLP',
  timeZone: 'America/Chicago',
  states: ['TX'],
  practiceAreas: handledAreas,
  consultationFees: {
    family: toTrust(150),
    immigration: toTrust(125),
    estate: toTrust(200),
    landlord_tenant: toTrust(75),
  },
};

/** What a firm must have settled about a system before it is used, see src/clients/lawpay. */
const firstSettings = { clio: {}, lawpay: { mode: 'test', amountUnit: 'cents' } } as const;

const Grant = z.object({
  access_token: z.string(),
  refresh_token: z.string().optional(),
  expires_in: z.number().optional(),
});

/**
 * Makes the demo firm when it is missing and connects it to the stand-ins that run. Existing profiles and settings are
 * kept, and so is a connection to a real vendor. A second run only renews the stand-ins' tokens.
 * @param standins origin of each stand-in by name.
 */
export async function seedDemoFirm(
  pool: Pool,
  box: SecretBox,
  standins: Readonly<Partial<Record<'clio' | 'lawpay', string>>>,
): Promise<string> {
  const { tenantId } = demoFirm;
  const isNew = (await findFirm(pool, tenantId)) === undefined;
  if (isNew) await saveFirm(pool, demoFirm);
  for (const system of ['clio', 'lawpay'] as const) {
    const baseUrl = standins[system];
    if (baseUrl === undefined) continue;
    const known = await withTenant(pool, tenantId, (scope) => readConnection(scope, tenantId, system));
    if (known && new URL(known.baseUrl).hostname !== new URL(baseUrl).hostname) continue;
    const grant = await grantFrom(baseUrl);
    await connectVendor(
      { pool, box, tenantId, system },
      {
        baseUrl,
        settings: known?.settings ?? firstSettings[system],
        tokens: { accessToken: grant.access_token, refreshToken: grant.refresh_token },
        expiresAt: grant.expires_in === undefined ? null : new Date(Date.now() + grant.expires_in * 1_000),
      },
    );
  }
  return `${demoFirm.name} (${tenantId}), ${isNew ? 'new' : 'as before'}`;
}

/** A stand-in gives tokens without a browser. */
async function grantFrom(origin: string): Promise<z.infer<typeof Grant>> {
  const answer = await fetch(`${origin}/__control/grant`, {
    method: 'POST',
    signal: AbortSignal.timeout(5_000),
  });
  if (!answer.ok) throw new Error(`${origin} gave no tokens (${answer.status})`);
  return Grant.parse(await answer.json());
}
