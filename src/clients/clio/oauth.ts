/** Clio Manage's OAuth: authorization code only. It knows neither scopes nor PKCE; permissions are ticked on the app. */
import { z } from 'zod';
import type { ClioApp } from '../../domain/clio-regions.js';
import { OutsideError } from '../../domain/failures.js';
import { exchange, parseAnswer, type Answer, type Exchange } from '../http.js';
import { refusal } from './errors.js';

export type { ClioApp } from '../../domain/clio-regions.js';

export interface FreshTokens {
  accessToken: string;
  /** Present when the vendor rotates refresh tokens; the old one is then dead. */
  refreshToken?: string;
  /** Lifetime of the access token in seconds. Obeyed as given: docs and sightings differ (1 h, 7 d, 30 d). */
  expiresInS: number;
}

export interface Limits {
  timeoutMs: number;
  signal: AbortSignal;
}

const TokenAnswer = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).optional(),
  expires_in: z.number().positive(),
});

/** Where a person of the firm says yes. They come back to `redirectUri` with `state`, also when they decline. */
export function consentUrl(
  baseUrl: string,
  app: ClioApp,
  { redirectUri, state }: { redirectUri: string; state: string },
): string {
  const url = new URL('/oauth/authorize', baseUrl);
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: app.clientId,
    redirect_uri: redirectUri,
    state,
    // Without it somebody who declines is left on Clio's page.
    redirect_on_decline: 'true',
  }).toString();
  return url.href;
}

/**
 * Exchanges the code of a consent for tokens; a code is good once and for ten minutes.
 * @throws OutsideError `auth` when Clio refuses the code, otherwise why it could not be asked.
 */
export const exchangeCode = (
  baseUrl: string,
  app: ClioApp,
  { code, redirectUri }: { code: string; redirectUri: string },
  limits: Limits,
): Promise<FreshTokens> =>
  askForTokens(baseUrl, app, { grant_type: 'authorization_code', code, redirect_uri: redirectUri }, limits);

/**
 * Exchanges a refresh token for a new access token.
 * @throws OutsideError `auth` when Clio refuses the refresh token (revoked), otherwise why it could not be asked. A lost
 *   answer is `unavailable`: asking again harms nothing, and where the vendor rotated the token it shows as revoked.
 */
export const refreshClioTokens = (
  baseUrl: string,
  app: ClioApp,
  refreshToken: string,
  limits: Limits,
): Promise<FreshTokens> =>
  askForTokens(baseUrl, app, { grant_type: 'refresh_token', refresh_token: refreshToken }, limits);

/** Ends the consent a token belongs to, its refresh token with it. @throws OutsideError `auth` when it is dead already. */
export async function deauthorize(baseUrl: string, accessToken: string, limits: Limits): Promise<void> {
  const call = form(baseUrl, '/oauth/deauthorize', { token: accessToken }, limits, {
    authorization: `Bearer ${accessToken}`,
  });
  const answer = await exchange(call);
  if (answer.status !== 200) throw refusal(call, answer, Date.now());
}

async function askForTokens(
  baseUrl: string,
  app: ClioApp,
  grant: Record<string, string>,
  limits: Limits,
): Promise<FreshTokens> {
  const credentials = { client_id: app.clientId, client_secret: app.clientSecret };
  const call = form(baseUrl, '/oauth/token', { ...credentials, ...grant }, limits);
  try {
    const answer = await exchange(call);
    refuseIfRefused(call, answer);
    const parsed = parseAnswer(call, answer, TokenAnswer);
    return {
      accessToken: parsed.access_token,
      expiresInS: parsed.expires_in,
      ...(parsed.refresh_token !== undefined && { refreshToken: parsed.refresh_token }),
    };
  } catch (error) {
    if (error instanceof OutsideError && error.errorClass === 'outcome_unknown')
      throw new OutsideError('unavailable', error.message);
    throw error;
  }
}

function refuseIfRefused(call: Exchange, answer: Answer): void {
  // Our own mistake, not the firm's: its grant is as good as before.
  if (answer.text.includes('"invalid_client"'))
    throw new OutsideError('internal', 'Clio refused CLIO_CLIENT_ID and CLIO_CLIENT_SECRET');
  // The body of a refused grant is not documented; 400 and 401 both mean that a person must connect again.
  if (answer.status === 400 || answer.status === 401)
    throw new OutsideError('auth', `Clio refused to renew the connection (${answer.status})`);
  if (answer.status !== 200) throw refusal(call, answer, Date.now());
}

/** Clio's token endpoints take forms only. */
const form = (
  baseUrl: string,
  path: string,
  fields: Record<string, string>,
  limits: Limits,
  headers: Record<string, string> = {},
): Exchange => ({
  vendor: 'Clio',
  method: 'POST',
  url: new URL(path, baseUrl),
  headers: {
    'content-type': 'application/x-www-form-urlencoded',
    accept: 'application/json',
    'user-agent': 'HERMES/1.0',
    ...headers,
  },
  body: new URLSearchParams(fields).toString(),
  ...limits,
});
