/** Ties a consent to the browser it began in. `Lax`: the browser comes back from Clio's site by a plain link. */
import { CONSENT_LIFE_MS } from '../../connections/consent-states.js';

export const CONSENT_PATH = '/oauth/clio';
const COOKIE = 'hermes_consent';

export const consentCookie = (secret: string, publicUrl: string): string =>
  [
    `${COOKIE}=${secret}`,
    `Path=${CONSENT_PATH}`,
    `Max-Age=${CONSENT_LIFE_MS / 1_000}`,
    'HttpOnly',
    'SameSite=Lax',
    ...(publicUrl.startsWith('https:') ? ['Secure'] : []),
  ].join('; ');

/** A used secret is of no more use. */
export const forgottenCookie = `${COOKIE}=; Path=${CONSENT_PATH}; Max-Age=0; HttpOnly; SameSite=Lax`;

export const secretOfCookie = (cookie: string | undefined): string | undefined =>
  new RegExp(`(?:^|;\\s*)${COOKIE}=([\\w-]+)`).exec(cookie ?? '')?.[1];
