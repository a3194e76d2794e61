import type { Pool } from 'pg';
import { z } from 'zod';
import { connectVendor, type SecretBox } from '../../../activities/vendor-tokens.js';
import { probeLink } from '../../../clients/lawpay/payment-pages.js';
import { readConnection } from '../../../db/connections.js';
import { withTenant } from '../../../db/tenant.js';
import { findFirm, saveFirm } from '../../../db/tenants.js';
import { type FirmProfile, handledAreas } from '../../../domain/firm.js';
import type { Money } from '../../../domain/money.js';
import { UNIT_PROBE, unitShownBy, type UnitProof } from '../../../domain/payments/settings.js';

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
  practiceAreas: [...handledAreas],
  consultationFees: {
    family: toTrust(150),
    immigration: toTrust(125),
    estate: toTrust(200),
    landlord_tenant: toTrust(75),
  },
};

/** What a firm begins with; what it must settle about money is in src/domain/payments/settings.ts. */
const firstSettings = { clio: {}, lawpay: { mode: 'test' } } as const;

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
    const settings = known?.settings ?? firstSettings[system];
    const isUnproven = system === 'lawpay' && !('unitProof' in settings);
    await connectVendor(
      { pool, box, tenantId, system },
      {
        baseUrl,
        settings: isUnproven ? { ...settings, unitProof: await lookAtPage(baseUrl, grant) } : settings,
        tokens: { accessToken: grant.access_token, refreshToken: grant.refresh_token },
        expiresAt: grant.expires_in === undefined ? null : new Date(Date.now() + grant.expires_in * 1_000),
      },
    );
  }
  return `${demoFirm.name} (${tenantId}), ${isNew ? 'new' : 'as before'}`;
}

const Pages = z.object({ payment_pages: z.array(z.object({ public_url: z.url() })).min(1) });

/** What an administrator does once by eye: opens the page with the probe and reads the sum that it shows. */
async function lookAtPage(origin: string, { access_token }: z.infer<typeof Grant>): Promise<UnitProof> {
  const fetched = async (url: string): Promise<Response> =>
    fetch(url, {
      headers: { authorization: `Bearer ${access_token}` },
      signal: AbortSignal.timeout(5_000),
    });
  const { payment_pages } = Pages.parse(await (await fetched(`${origin}/payment-pages`)).json());
  const [page] = payment_pages;
  const shown = page && (await (await fetched(probeLink(page.public_url, UNIT_PROBE))).text());
  const [, dollars = ''] = /\$([\d,]+\.\d\d)/.exec(shown ?? '') ?? [];
  const shownCents = Math.round(Number(dollars.replaceAll(',', '')) * 100);
  const unit = unitShownBy(shownCents);
  if (unit === undefined) throw new Error(`${origin}: the payment page shows no sum for the probe`);
  return { unit, shownCents, by: 'npm start', atMs: Date.now() };
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
