import { refusal } from './errors.js';
import { accounts, type Account } from './merchant.js';

/** Name part of HTTP Basic; LawPay's keys travel there with an empty password. */
function basicUser(authorization: string | undefined): string | undefined {
  const encoded = /^Basic (\S+)$/.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const [user, ...password] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return password.join(':') === '' ? user : undefined;
}

/** @throws LawPayRefusal 401 without a secret key; a public key is not one. */
export function requireSecretKey(authorization: string | undefined): Account {
  const key = basicUser(authorization);
  const owner = accounts.find(({ secretKey }) => secretKey === key);
  if (owner === undefined) throw refusal(401, 'not_authorized');
  return owner;
}

/**
 * @param inBody the `public_key` form parameter.
 * @throws LawPayRefusal 401 without a public key.
 */
export function requirePublicKey(authorization: string | undefined, inBody: string | undefined): void {
  const key = basicUser(authorization) ?? inBody;
  if (!accounts.some(({ publicKey }) => publicKey === key)) throw refusal(401, 'not_authorized');
}
