import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { clioRegions } from '../../../domain/clio-regions.js';
import type { Identity } from '../../permissions.js';
import { ProblemError } from '../../problems.js';
import { consentCookie } from './cookie.js';
import type { ConnectionDeps } from './deps.js';

export const Wish = z.object({
  region: z.enum(clioRegions).describe('Where the firm’s Clio account lives.'),
  other_account: z
    .boolean()
    .default(false)
    .describe('Take another Clio account than the firm had before. Parked writes carry ids of the old one.'),
});
export type Wish = z.infer<typeof Wish>;

/** What a consent was begun for, as it is kept. */
export const Begun = z.object({ region: z.enum(clioRegions), otherAccount: z.boolean() });

/**
 * Begins a connection in the browser that gets this answer.
 * @returns the address of Clio's consent page.
 * @throws ProblemError `not_set_up` when we have no app in that region.
 */
export async function beginConsent(
  { connections, publicUrl }: ConnectionDeps,
  { tenantId, subject: actor }: Identity,
  { region, other_account: otherAccount }: Wish,
  reply: FastifyReply,
): Promise<string> {
  const { states, clio } = connections;
  if (clio.consentUrl(region, '') === undefined)
    throw new ProblemError('not_set_up', `CLIO_REGIONAL_APPS has no app for ${region}.`);
  const details = { region, otherAccount } satisfies z.infer<typeof Begun>;
  const { state, browserSecret } = await states.begin('clio', { tenantId, actor, details });
  void reply
    .header('set-cookie', consentCookie(browserSecret, publicUrl))
    .header('cache-control', 'no-store');
  return clio.consentUrl(region, state) ?? '';
}
