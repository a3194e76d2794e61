/**
 * Leaving one lead. The inbox knows no repeats and shows nothing again, so our own row tells what may have been done; it is
 * written before a request leaves, and outlives crashes and a reset in Temporal.
 */
import type { Pool } from 'pg';
import { postLead, type Lead } from '../../clients/grow/lead-inbox.js';
import type { Pacer } from '../../clients/pacer.js';
import { markRevoked } from '../../db/connections.js';
import { claimSend, findLead, settleSend, type LeadRow } from '../../db/leads.js';
import { withTenant, type TenantScope } from '../../db/tenant.js';
import { OutsideError } from '../../domain/failures.js';
import { readGrowSettings, type GrowSettings } from '../../domain/grow.js';
import type { RequestOf } from '../../domain/writes.js';
import type { Landed, WriteAdapter } from '../make-once.js';
import { openConnection, openTokens, type SecretBox } from '../vendor-tokens.js';

export interface LeadDeps {
  pool: Pool;
  box: SecretBox;
  /** Longest wait for one answer, milliseconds. */
  timeoutMs: number;
}

/** One lead on its way. */
interface Passage {
  deps: LeadDeps;
  request: RequestOf<'grow'>;
  signal: AbortSignal;
  pacer: Pacer;
}

/** In the place of an id that Grow did not tell. */
const UNNUMBERED = 'unnumbered';
const SEEN = 'seen by a person';

export function leadAdapter(
  deps: LeadDeps,
  request: RequestOf<'grow'>,
  signal: AbortSignal,
  pacer: Pacer,
): WriteAdapter {
  const passage: Passage = { deps, request, signal, pacer };
  return {
    find: () => inRows(passage, (scope) => findLanded(passage, scope)),
    provenUndone: () => inRows(passage, (scope) => mayGo(passage, scope)),
    create: async () => ({ ...(await send(passage)), referenced: true }),
    carriesReference: async () =>
      (await inRows(passage, (scope) => findLanded(passage, scope))) !== undefined,
  };
}

const inRows = <T>({ deps, request }: Passage, work: (scope: TenantScope) => Promise<T>): Promise<T> =>
  withTenant(deps.pool, request.tenantId, work);

const placeOf = ({ request: { tenantId, key } }: Passage) => ({ tenantId, reference: key });

/** The lead, as our row or a person knows of it. */
async function findLanded(passage: Passage, scope: TenantScope): Promise<Landed | undefined> {
  const row = await findLead(scope, placeOf(passage));
  if (row?.state === 'landed') return landed(row);
  if (!passage.request.payload.seenThere) return undefined;
  if (row) await settleSend(scope, placeOf(passage), row.sends, { leadId: SEEN });
  return { externalId: SEEN };
}

const landed = ({ leadId }: LeadRow): Landed => ({ externalId: leadId ?? UNNUMBERED });

/** @throws OutsideError `outcome_unknown`, for the person who finds it parked */
async function mayGo(passage: Passage, scope: TenantScope): Promise<boolean> {
  const row = await findLead(scope, placeOf(passage));
  if (row?.state !== 'sent') return true;
  const { provenUndone } = passage.request.payload;
  if (provenUndone !== undefined && (await settleSend(scope, placeOf(passage), provenUndone, 'undone')))
    return true;
  throw unproven(passage, row.sends, 'an earlier request got no answer');
}

async function send(passage: Passage): Promise<Landed> {
  const { deps, request, signal, pacer } = passage;
  const place = { ...deps, tenantId: request.tenantId, system: 'grow' } as const;
  const connection = await openConnection(place);
  const settings = readGrowSettings(connection.settings);
  const { accessToken: token } = openTokens(place, connection);
  const { baseUrl } = connection;
  const options = { baseUrl, token, leadId: settings.leadId, timeoutMs: deps.timeoutMs, signal, pacer };
  await pacer.before();
  const number = await inRows(passage, (scope) => claimSend(scope, placeOf(passage)));
  // Two attempts at once: whichever came second leaves it to the first.
  if (number === undefined) return takenMeanwhile(passage);
  const leadId = await settling(passage, number, () => postLead(options, leadOf(request, settings)));
  await inRows(passage, (scope) =>
    settleSend(scope, placeOf(passage), number, { leadId: leadId ?? UNNUMBERED }),
  );
  return { externalId: leadId ?? UNNUMBERED };
}

/** What is not an OutsideError (a cancellation, say) proves nothing, so that the row stays as it is. */
async function settling<T>(passage: Passage, number: number, post: () => Promise<T>): Promise<T> {
  try {
    return await post();
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    if (error.errorClass === 'outcome_unknown') throw unproven(passage, number, error.message, error);
    await inRows(passage, async (scope) => {
      await settleSend(scope, placeOf(passage), number, 'undone');
      // Tokens of inboxes cannot be renewed: the firm's other leads park without asking.
      if (error.errorClass === 'auth') await markRevoked(scope, passage.request.tenantId, 'grow');
    });
    throw error;
  }
}

async function takenMeanwhile(passage: Passage): Promise<Landed> {
  const row = await inRows(passage, (scope) => findLead(scope, placeOf(passage)));
  if (row?.state === 'landed') return landed(row);
  throw unproven(passage, row?.sends ?? 1, 'another request is on its way');
}

function leadOf({ payload }: RequestOf<'grow'>, { sourceName, referring }: GrowSettings): Lead {
  return {
    ...{ from_first: payload.firstName, from_last: payload.lastName, from_message: payload.message },
    ...(payload.email !== undefined && { from_email: payload.email }),
    ...(payload.phoneE164 !== undefined && { from_phone: payload.phoneE164 }),
    ...{ referring_url: referring, from_source: sourceName },
  };
}

const unproven = ({ request }: Passage, send: number, what: string, cause?: unknown): OutsideError =>
  new OutsideError(
    'outcome_unknown',
    `${what}: look in Grow’s inbox for ${request.callId ?? 'the lead'}; edit seenThere to true when it is there, or provenUndone to ${send} when it surely is not`,
    undefined,
    { cause },
  );
