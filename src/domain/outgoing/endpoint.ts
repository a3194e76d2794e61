/** An endpoint of a firm's: where events go. */
import { z } from 'zod';
import { lazily } from '../lazily.js';

/**
 * `standard`: Standard Webhooks, signed. `zapier`: one flat object with an `id`, as Zapier's triggers want it; the address
 * is the only secret. Signatures are sent to both.
 */
export const EndpointKind = lazily(() => z.enum(['standard', 'zapier']));
export type EndpointKind = z.infer<typeof EndpointKind>;

export const EndpointId = lazily(() =>
  z.string().regex(/^ep_[0-9a-f]{24}$/, '"ep_" and 24 hexadecimal digits'),
);

/**
 * `disabled`: sent nothing until somebody enables it again. `gone`: its server said that it wants no more (410), or it
 * was deleted; there is no way back.
 */
export type EndpointState = 'active' | 'disabled' | 'gone';

/** What is sealed at rest: an address may hold a token, and for Zapier it is the token. */
export const EndpointSecrets = lazily(() =>
  z.strictObject({
    url: z.string(),
    /** Newest first. One that was replaced signs too until its time is over, epoch milliseconds. */
    secrets: z.array(z.strictObject({ secret: z.string(), untilMs: z.number().optional() })).min(1),
  }),
);
export type EndpointSecrets = z.infer<typeof EndpointSecrets>;

/** Binds what is sealed to its row: copied to another firm or endpoint it does not open. */
export const endpointSeal = (tenantId: string, endpointId: string): string =>
  `webhook_endpoints/${tenantId}/${endpointId}`;

const PREFIX = 'whsec_';
/** Standard Webhooks: 24–64 bytes of randomness. */
export const SECRET_BYTES = 32;

/** @param bytes random; the caller supplies them because domain code has no randomness. */
export const secretFrom = (bytes: Uint8Array): string => PREFIX + Buffer.from(bytes).toString('base64');

/** The key of a secret: its bytes, not its text. */
export const keyOf = (secret: string): Buffer =>
  Buffer.from(secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret, 'base64');

/** The secrets that sign now. At least the newest always does. */
export const signingSecrets = ({ secrets }: EndpointSecrets, nowMs: number): string[] =>
  secrets.filter(({ untilMs }) => untilMs === undefined || untilMs > nowMs).map(({ secret }) => secret);

/** Puts a new secret before the old ones, of which the last newest goes on signing for a while. */
export function withNewSecret(
  held: EndpointSecrets,
  secret: string,
  at: { nowMs: number; untilMs: number },
): EndpointSecrets {
  const [newest] = held.secrets;
  const kept = newest && at.untilMs > at.nowMs ? [{ secret: newest.secret, untilMs: at.untilMs }] : [];
  return { ...held, secrets: [{ secret }, ...kept] };
}
