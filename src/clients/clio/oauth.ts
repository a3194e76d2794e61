import { z } from 'zod';
import { OutsideError } from '../../domain/failures.js';
import { exchange, parseAnswer, type Exchange } from '../http.js';
import { refusal } from './errors.js';

export interface ClioApp {
  clientId: string;
  clientSecret: string;
}

export interface FreshTokens {
  accessToken: string;
  /** Present when the vendor rotates refresh tokens; the old one is then dead. */
  refreshToken?: string;
  /** Lifetime of the access token in seconds. Obeyed as given: docs and sightings differ (1 h, 7 d, 30 d). */
  expiresInS: number;
}

const TokenAnswer = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).optional(),
  expires_in: z.number().positive(),
});

/**
 * Exchanges a refresh token for a new access token.
 * @throws OutsideError `auth` when Clio refuses the refresh token (revoked), otherwise why it could not be asked. A lost
 *   answer is `unavailable`: asking again harms nothing, and where the vendor rotated the token it shows as revoked.
 */
export async function refreshClioTokens(
  baseUrl: string,
  app: ClioApp,
  refreshToken: string,
  limits: { timeoutMs: number; signal: AbortSignal },
): Promise<FreshTokens> {
  const call: Exchange = {
    vendor: 'Clio',
    method: 'POST',
    url: new URL('/oauth/token', baseUrl),
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
      'user-agent': 'HERMES/1.0',
    },
    body: new URLSearchParams({
      client_id: app.clientId,
      client_secret: app.clientSecret,
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
    }).toString(),
    ...limits,
  };
  try {
    const answer = await exchange(call);
    // Our own mistake, not the firm's: its grant is as good as before.
    if (answer.text.includes('"invalid_client"'))
      throw new OutsideError('internal', 'Clio refused CLIO_CLIENT_ID and CLIO_CLIENT_SECRET');
    // The body of a refused refresh is not documented; 400 and 401 both mean that a person must connect again.
    if (answer.status === 400 || answer.status === 401)
      throw new OutsideError('auth', `Clio refused to renew the connection (${answer.status})`);
    if (answer.status !== 200) throw refusal(call, answer, Date.now());
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
