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
export class Grants {
  readonly #grants = new Map<string, Grant>();

  constructor(private readonly kit: StandinKit<ClioSettings>) {
    this.#reload();
    kit.onReset(() => this.#reload());
  }

  issue(): IssuedTokens {
    const grant = { id: randomBytes(8).toString('hex'), refreshToken: newSecret(), accessTokens: [] };
    this.#grants.set(grant.id, grant);
    const tokens = this.#newAccess(grant, 'created');
    return { ...tokens, refresh_token: grant.refreshToken };
  }

  /** @returns undefined for a refresh token that is unknown, rotated away or deauthorized. */
  refresh(refreshToken: string): IssuedTokens | undefined {
    const grant = [...this.#grants.values()].find((candidate) => candidate.refreshToken === refreshToken);
    if (grant === undefined) return undefined;
    const rotates = this.kit.settings.refreshRotates;
    if (rotates) grant.refreshToken = newSecret();
    const tokens = this.#newAccess(grant, 'updated');
    return rotates ? { ...tokens, refresh_token: grant.refreshToken } : tokens;
  }

  isAlive(accessToken: string): boolean {
    const access = this.#owning(accessToken)?.accessTokens.find(({ token }) => token === accessToken);
    return access !== undefined && access.expiresAtMs > this.kit.clock.nowMs();
  }

  /** Ends the grant an access token belongs to; both its tokens are dead afterwards. */
  revoke(accessToken: string): void {
    const grant = this.#owning(accessToken);
    if (grant === undefined) return;
    this.#grants.delete(grant.id);
    this.kit.ledger.record('grant', grant.id, 'deleted', grant);
  }

  #newAccess(grant: Grant, action: 'created' | 'updated'): IssuedTokens {
    const seconds = this.kit.settings.accessTokenLifetimeSeconds;
    const token = randomBytes(24).toString('base64url');
    grant.accessTokens.push({ token, expiresAtMs: this.kit.clock.nowMs() + seconds * 1_000 });
    this.kit.ledger.record('grant', grant.id, action, grant);
    return { token_type: 'bearer', access_token: token, expires_in: seconds };
  }

  #owning(accessToken: string): Grant | undefined {
    return [...this.#grants.values()].find(({ accessTokens }) =>
      accessTokens.some(({ token }) => token === accessToken),
    );
  }

  #reload(): void {
    this.#grants.clear();
    for (const grant of this.kit.ledger.living('grant') as Grant[]) this.#grants.set(grant.id, grant);
  }
}

function newSecret(): string {
  return randomBytes(32).toString('base64url');
}
