import { z } from 'zod';

/** What may be changed at `POST /__control/config`. */
export const LawPaySettings = z.object({
  /** What `GET /status` says. */
  health: z
    .enum(['NORMAL', 'EXCESSIVE_LATENCY', 'SERVICE_UNRELIABLE', 'SERVICE_UNAVAILABLE'])
    .default('NORMAL'),
  /** How long a transaction stays out of the search after it was made; the official client specs wait one second. */
  indexLagMs: z.int().min(0).default(1_000),
  /** Life of an unused card token: 5 minutes in the guides, 24 hours in the reference; we assume the shorter. */
  tokenLifetimeMs: z.int().positive().default(300_000),
  /** How long a charge can be voided, even while it is authorized; some networks close after 30 minutes. Null: until it settles. */
  voidWindowMs: z.int().min(0).nullable().default(null),
  /** What a payment page takes the `amount` parameter for. Cents in the official example; firms have seen dollars. */
  pageAmountUnit: z.enum(['cents', 'dollars']).default('cents'),
  /** The redirect URIs of the partner app. */
  redirectUris: z.array(z.url()).default(['http://127.0.0.1:8080/oauth/lawpay/callback']),
});
export type LawPaySettings = z.infer<typeof LawPaySettings>;
