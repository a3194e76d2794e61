import { z } from 'zod';

/** What may be changed at `POST /__control/config`. Where Clio's behaviour is not documented the choice is ours. */
export const ClioSettings = z.object({
  /** `expires_in`. Clio's docs say 30 days today, 7 days in older copies; some accounts have shown one hour. */
  accessTokenLifetimeSeconds: z.int().positive().default(2_592_000),
  /** Whether a refresh answers with a new refresh token and kills the old one; off is the documented behaviour. */
  refreshRotates: z.boolean().default(false),
  /** Requests per access token and minute; 50 is Clio's peak-hour figure. */
  rateLimitPerMinute: z.int().positive().default(50),
  /** How long after its creation a record stays out of `query` and custom-field filters. Undocumented by Clio. */
  searchLagMs: z.int().min(0).default(0),
  /** Keys of a body that are dropped without a word when a record is made, as Clio does with what it does not know. */
  dropOnCreate: z.array(z.string()).default([]),
  /** Filters it does not know: the list comes back unfiltered. */
  ignoreFilters: z.array(z.string()).default([]),
  /** Whether subscriptions to plain http are refused, as Clio does. */
  webhooksHttpsOnly: z.boolean().default(true),
  /** How a delivery's signature is written. Undocumented by Clio; hexadecimal was seen. */
  webhookSignature: z.enum(['hex', 'base64']).default('hex'),
  /** What the user does on the consent page. */
  consent: z.enum(['granted', 'declined']).default('granted'),
  /** The redirect URIs registered on the developer app; matched exactly. */
  redirectUris: z.array(z.url()).default(['http://127.0.0.1:8080/oauth/clio/callback']),
  /** `error.type` of answers whose type name is not documented. */
  notFoundType: z.string().default('RecordNotFound'),
  validationType: z.string().default('ValidationError'),
  rateLimitType: z.string().default('RateLimited'),
});
export type ClioSettings = z.infer<typeof ClioSettings>;
