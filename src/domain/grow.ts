/** A firm's lead inbox in Clio Grow: the legacy endpoint, with a token for each Grow account. */
import { z } from 'zod';
import { clioRegions, type ClioRegion } from './clio-regions.js';
import { OutsideError } from './failures.js';

/** Hosts of the inbox by region. */
const growHosts: Readonly<Record<ClioRegion, string>> = {
  us: 'https://grow.clio.com',
  eu: 'https://eu.grow.clio.com',
  ca: 'https://ca.grow.clio.com',
  au: 'https://au.grow.clio.com',
};

/** Origin of a region's inbox. @param hosts instead of Clio's own. */
export const growHostOf = (
  region: ClioRegion,
  hosts: Readonly<Partial<Record<string, string>>> = {},
): string => new URL(hosts[region] ?? growHosts[region]).origin;

/** Where an answer holds the new lead's id. Integrators disagree, so that the firm may say; `either` takes what there is. */
export const leadIdForms = ['inbox_lead.id', 'id', 'either'] as const;
export type LeadIdForm = (typeof leadIdForms)[number];

/** What a firm has settled about its inbox, beside the token. */
export const GrowSettings = z.object({
  region: z.enum(clioRegions),
  /** Name of the integration, shown to the firm beside each lead. */
  sourceName: z.string().min(1).max(100),
  /** Where the lead comes from; the inbox takes plain text for it. */
  referring: z.string().min(1).max(200),
  leadId: z.enum(leadIdForms),
});
export type GrowSettings = z.infer<typeof GrowSettings>;

/** @throws OutsideError `invalid` naming the setting */
export function readGrowSettings(settings: Record<string, unknown>): GrowSettings {
  const parsed = GrowSettings.safeParse(settings);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new OutsideError('invalid', `the firm’s lead inbox lacks a good "${where}": set it up again`);
}
