/** Connecting a firm's Clio and letting it go again, for the edge: the consent's code becomes sealed tokens. */
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { whoAmI, type ClioAccount } from '../clients/clio/account.js';
import { createClioClient } from '../clients/clio/client.js';
import { consentUrl, deauthorize, exchangeCode, type FreshTokens } from '../clients/clio/oauth.js';
import type { Pacer } from '../clients/pacer.js';
import { appendAudit } from '../db/audit.js';
import { forgetTokens, lockConnection, readConnection, saveConnection } from '../db/connections.js';
import { withTenant, type TenantScope } from '../db/tenant.js';
import type { ClioApp, ClioPlace, ClioRegion } from '../domain/clio-regions.js';
import { OutsideError } from '../domain/failures.js';
import type { TenantId } from '../domain/ids.js';
import type { Logger } from '../telemetry/logger.js';
import { FirmClioSettings } from './clio-settings.js';
import { clioTokens } from './clio-tokens.js';
import { sealTokens, type SecretBox } from './vendor-tokens.js';

export interface ClioConnectDeps {
  pool: Pool;
  box: SecretBox;
  logger: Logger;
  places: readonly ClioPlace[];
  /** Where Clio sends people back to; registered with each region's app, to the letter. */
  redirectUri: string;
  timeoutMs: number;
  /** The firm's pace at Clio, which the edge shares with the workers. */
  pacerFor: (tenantId: TenantId, signal: AbortSignal) => Pacer;
}

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
    const details = { region, account: me.account.id, otherAccount: isOther };
    await audit(scope, tenantId, {
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

/** @returns undefined when the firm is not connected; `deauthorized` false: Clio could not be told. */
async function disconnect(
  deps: ClioConnectDeps,
  tenantId: TenantId,
  { actor, reason }: { actor: string; reason: string },
): Promise<{ deauthorized: boolean } | undefined> {
  const { pool } = deps;
  const known = await withTenant(pool, tenantId, (scope) => readConnection(scope, tenantId, 'clio'));
  if (!known?.sealedTokens) return undefined;
  const deauthorized = await endConsent(deps, tenantId, known.revokedAt !== null);
  await withTenant(pool, tenantId, async (scope) => {
    await forgetTokens(scope, tenantId, 'clio');
    const details = { deauthorized };
    await audit(scope, tenantId, { actor, action: 'connection.disconnect', reason, details });
  });
  return { deauthorized };
}

/** The tokens go whatever Clio says: a firm that wants to leave must not depend on its answer. */
async function endConsent(deps: ClioConnectDeps, tenantId: TenantId, isRevoked: boolean): Promise<boolean> {
  if (isRevoked) return true;
  const limits = { timeoutMs: deps.timeoutMs, signal: new AbortController().signal };
  try {
    const { connection, tokens } = await clioTokens(deps, tenantId, limits.signal);
    await deauthorize(connection.baseUrl, await tokens.current(), limits);
    return true;
  } catch (error) {
    if (error instanceof OutsideError && error.errorClass === 'auth') return true;
    deps.logger.warn({ err: error }, 'Clio could not be told that a firm has disconnected');
    return false;
  }
}

const audit = (
  scope: TenantScope,
  tenantId: TenantId,
  event: { actor: string; action: string; reason: string; details: Record<string, unknown> },
): Promise<boolean> =>
  appendAudit(scope, {
    tenantId,
    eventId: `connection:${randomUUID()}`,
    atMs: Date.now(),
    subject: 'connection of clio',
    ...event,
  });
