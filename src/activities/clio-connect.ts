/** Connecting a firm's Clio and letting it go again, for the edge: the consent's code becomes sealed tokens. */
import { whoAmI, type ClioAccount } from '../clients/clio/account.js';
import { createClioClient } from '../clients/clio/client.js';
import { consentUrl, deauthorize, exchangeCode, type FreshTokens } from '../clients/clio/oauth.js';
import { raiseAlert } from '../db/alerts.js';
import { lockConnection, saveConnection } from '../db/connections.js';
import { withTenant } from '../db/tenant.js';
import type { ClioApp, ClioRegion } from '../domain/clio-regions.js';
import { OutsideError } from '../domain/failures.js';
import type { TenantId } from '../domain/ids.js';
import type { ClioConnectDeps } from './clio-connect-deps.js';
import { disconnect } from './clio-disconnect.js';
import { FirmClioSettings } from './clio-settings.js';
import { auditConnection } from './connection-audit.js';
import { sealTokens } from './vendor-tokens.js';

/** A person's consent, as Clio sent it back. */
export interface Consent {
  region: ClioRegion;
  code: string;
  /** Who began it. */
  actor: string;
  /** They mean another account than the one the firm was connected to before. */
  otherAccount: boolean;
}

/** What a consent came to. `other_account`: its ids mean other records, and parked writes carry ids. */
export type ConsentOutcome =
  { kind: 'connected'; account: string } | { kind: 'other_account' | 'refused' | 'unavailable' };

class OtherAccountError extends Error {
  override readonly name = 'OtherAccountError';
}

export type ClioConnector = ReturnType<typeof createClioConnector>;

/** @returns what the edge needs to connect a firm's Clio and to let it go. */
export function createClioConnector(deps: ClioConnectDeps) {
  const { places, redirectUri } = deps;
  const placeOf = (region: ClioRegion) => {
    const place = places.find((candidate) => candidate.region === region);
    return place?.app ? { ...place, app: place.app } : undefined;
  };
  return {
    /** The consent page; undefined where HERMES has no app. */
    consentUrl: (region: ClioRegion, state: string): string | undefined => {
      const place = placeOf(region);
      return place && consentUrl(place.baseUrl, place.app, { redirectUri, state });
    },
    /** @throws the driver's error when the database is away; the consent is then worth nothing. */
    connect: async (tenantId: TenantId, consent: Consent): Promise<ConsentOutcome> => {
      const place = placeOf(consent.region);
      if (!place) return { kind: 'refused' };
      try {
        const { account } = await redeem(deps, tenantId, consent, place);
        return { kind: 'connected', account: account.name };
      } catch (error) {
        return outcomeOf(deps, error);
      }
    },
    disconnect: (tenantId: TenantId, by: { actor: string; reason: string }) => disconnect(deps, tenantId, by),
  };
}

async function redeem(
  deps: ClioConnectDeps,
  tenantId: TenantId,
  consent: Consent,
  { baseUrl, app }: { baseUrl: string; app: ClioApp },
): Promise<ClioAccount> {
  const { redirectUri, timeoutMs, logger } = deps;
  const limits = { timeoutMs, signal: new AbortController().signal };
  const tokens = await exchangeCode(baseUrl, app, { code: consent.code, redirectUri }, limits);
  try {
    return await keep(deps, tenantId, consent, baseUrl, tokens);
  } catch (error) {
    // A grant nobody keeps shall not stay open.
    await deauthorize(baseUrl, tokens.accessToken, limits).catch((err: unknown) =>
      logger.warn({ err }, 'a consent that is of no use could not be ended at Clio'),
    );
    throw error;
  }
}

function outcomeOf({ logger }: ClioConnectDeps, error: unknown): ConsentOutcome {
  if (error instanceof OtherAccountError) return { kind: 'other_account' };
  if (!(error instanceof OutsideError)) throw error;
  logger.warn({ err: error }, 'a consent at Clio could not be redeemed');
  const { errorClass } = error;
  return { kind: errorClass === 'unavailable' || errorClass === 'rate_limited' ? 'unavailable' : 'refused' };
}

async function keep(
  deps: ClioConnectDeps,
  tenantId: TenantId,
  { region, actor, otherAccount }: Consent,
  baseUrl: string,
  fresh: FreshTokens,
): Promise<ClioAccount> {
  const { pool, box, timeoutMs } = deps;
  const { signal } = new AbortController();
  const token = () => Promise.resolve(fresh.accessToken);
  const pacer = deps.pacerFor(tenantId, signal);
  const clio = createClioClient({
    baseUrl,
    tokens: { current: token, renew: token },
    timeoutMs,
    signal,
    pacer,
  });
  const me = await whoAmI(clio);
  const { expiresInS, ...tokens } = fresh;
  await withTenant(pool, tenantId, async (scope) => {
    const known = await lockConnection(scope, tenantId, 'clio');
    const before = FirmClioSettings.parse(known?.settings ?? {});
    const isOther = before.account !== undefined && before.account.id !== me.account.id;
    if (isOther && !otherAccount)
      throw new OtherAccountError(`the firm was connected to another Clio account than this`);
    await saveConnection(scope, tenantId, 'clio', {
      baseUrl,
      // Ids of the old account mean nothing in another.
      settings: { ...(isOther ? {} : known?.settings), ...settingsOf(region, me, isOther ? {} : before) },
      sealedTokens: sealTokens({ box, tenantId, system: 'clio' }, tokens),
      tokenExpiresAt: new Date(Date.now() + expiresInS * 1_000),
    });
    // Ends when the writes that waited for this have been told; until then the hourly round tells them.
    await raiseAlert(scope, {
      tenantId,
      kind: 'connection.untold',
      subject: 'clio',
      severity: 'warning',
      message: 'clio is connected; writes that parked for want of it have not been told yet',
    });
    const details = { region, account: me.account.id, otherAccount: isOther };
    await auditConnection(scope, tenantId, {
      actor,
      action: 'connection.connect',
      reason: 'consented at Clio',
      details,
    });
  });
  return me;
}

const settingsOf = (region: ClioRegion, me: ClioAccount, before: FirmClioSettings) => ({
  region,
  account: me.account,
  userId: me.userId,
  // What somebody of the firm has chosen stays.
  ...(before.calendarId === undefined && me.calendarId !== undefined && { calendarId: me.calendarId }),
});
