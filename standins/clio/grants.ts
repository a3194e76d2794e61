import { randomBytes } from 'node:crypto';
import type { StandinKit } from '../kit/standin.js';
import type { ClioSettings } from './settings.js';

/** One user's consent to one app, with the tokens given out for it. */
type Grant = {
  id: string;
  refreshToken: string;
  accessTokens: { token: string; expiresAtMs: number }[];
};

export interface IssuedTokens {
  token_type: 'bearer';
  access_token: string;
  /** Seconds. */
  expires_in: number;
  /** Absent when a refresh does not rotate. */
  refresh_token?: string;
}

/** The tokens in circulation. They live in the ledger (kind `grant`), so a restart invalidates none. */
export interface Grants {
  issue(): IssuedTokens;
  /** @returns undefined for a refresh token that is unknown, rotated away or deauthorized. */
  refresh(refreshToken: string): IssuedTokens | undefined;
  isAlive(accessToken: string): boolean;
  /** Ends the grant an access token belongs to; both its tokens are dead afterwards. */
  revoke(accessToken: string): void;
}

export function createGrants(kit: StandinKit<ClioSettings>): Grants {
  const { ledger, clock, settings } = kit;
  const grants = new Map<string, Grant>();
  const reload = () => {
    grants.clear();
    for (const grant of ledger.living('grant') as Grant[]) grants.set(grant.id, grant);
  };
  reload();
  kit.onReset(reload);

  const accessToken = () => ({
    token: randomBytes(24).toString('base64url'),
    expiresAtMs: clock.nowMs() + settings.accessTokenLifetimeSeconds * 1_000,
  });
  const answer = (token: string): IssuedTokens => ({
    token_type: 'bearer',
    access_token: token,
    expires_in: settings.accessTokenLifetimeSeconds,
  });
  const owning = (token: string) =>
    [...grants.values()].find(({ accessTokens }) => accessTokens.some((access) => access.token === token));

  return {
    issue: () => {
      const access = accessToken();
      const grant = { id: randomBytes(8).toString('hex'), refreshToken: newSecret(), accessTokens: [access] };
      grants.set(grant.id, grant);
      ledger.record('grant', grant.id, 'created', grant);
      return { ...answer(access.token), refresh_token: grant.refreshToken };
    },
    refresh: (refreshToken) => {
      const grant = [...grants.values()].find((candidate) => candidate.refreshToken === refreshToken);
      if (grant === undefined) return undefined;
      const access = accessToken();
      grant.accessTokens.push(access);
      if (settings.refreshRotates) grant.refreshToken = newSecret();
      ledger.record('grant', grant.id, 'updated', grant);
      return {
        ...answer(access.token),
        ...(settings.refreshRotates ? { refresh_token: grant.refreshToken } : {}),
      };
    },
    isAlive: (token) =>
      owning(token)?.accessTokens.some(
        (access) => access.token === token && access.expiresAtMs > clock.nowMs(),
      ) ?? false,
    revoke: (token) => {
      const grant = owning(token);
      if (grant === undefined) return;
      grants.delete(grant.id);
      ledger.record('grant', grant.id, 'deleted', grant);
    },
  };
}

function newSecret(): string {
  return randomBytes(32).toString('base64url');
}
