/**
 * Proof that a request comes from the firm's own Twilio account: base64 HMAC-SHA1, under the account's token, of the
 * address as Twilio knows it followed by each POST field sorted by name, name and value run together.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

export interface SignedRequest {
  /** Scheme, host and path as the outside knows them, query included. */
  url: string;
  /** POST fields in any order; none for a WebSocket upgrade. */
  fields?: Readonly<Record<string, string>>;
  /** The `X-Twilio-Signature` header. */
  signature: string | string[] | undefined;
}

/** @returns true when the signature is right for one of the ways Twilio may have written the address. */
export function isSignedByTwilio(authToken: string, { url, fields = {}, signature }: SignedRequest): boolean {
  if (typeof signature !== 'string') return false;
  const given = Buffer.from(signature);
  const body = Object.keys(fields)
    .sort()
    .map((name) => name + (fields[name] ?? ''))
    .join('');
  let right = false;
  for (const spelling of spellingsOf(url)) {
    const wanted = Buffer.from(
      createHmac('sha1', authToken)
        .update(spelling + body)
        .digest('base64'),
    );
    // Every spelling is compared, in constant time: how long it takes tells nothing.
    right = (given.length === wanted.length && timingSafeEqual(given, wanted)) || right;
  }
  return right;
}

/** Twilio signs with or without the port, depending on product and age, and users report the same of a last slash. */
function spellingsOf(address: string): string[] {
  const url = new URL(address);
  const ports = new Set([url.port, '', '443', ...(url.protocol === 'wss:' ? ['80'] : [])]);
  const path = url.pathname.replace(/\/+$/, '');
  return [...ports].flatMap((port) =>
    [path, `${path}/`].map(
      (end) => `${url.protocol}//${url.hostname}${port === '' ? '' : `:${port}`}${end}${url.search}`,
    ),
  );
}
