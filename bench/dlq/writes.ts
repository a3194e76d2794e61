/** Real writes that Clio refuses: how soon they are listed, and how soon a decision has an attempt running again. */
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { TypedSearchAttributes } from '@temporalio/common';
import { z } from 'zod';
import { withTenant } from '../../src/db/tenant.js';
import { writeWorkflowId } from '../../src/domain/ids.js';
import type { LadderPolicy } from '../../src/domain/ladder.js';
import { type ExternalWriteInput, taskQueues, workflowTypes } from '../../src/workflows/messages.js';
import { attributeKeys } from '../../src/workflows/search-attributes.js';
import { type Spread, spreadOf } from '../voice/percentiles.js';
import type { DlqSite } from './site.js';

const ladder: LadderPolicy = {
  fastAttempts: 2,
  fastInitialMs: 200,
  fastMaxMs: 1_000,
  slowDelaysMs: [1_000],
  slowWindowMs: 0,
  escalateAfterMs: 86_400_000,
};
/** Starts at once; more would only queue in the server. */
const AT_ONCE = 20;
const POST_CONTACT = { method: 'POST', path: '/api/v4/contacts' };

/** Writes that park one after the other, as in any hour; the rest park as fast as the server lets them. */
const CALM = 50;
const CALM_PAUSE_MS = 250;

/** @returns the workflow ids of so many writes, all parked, and how soon the calm ones and the others were listed. */
export async function parkWrites(
  site: DlqSite,
  count: number,
  note: (text: string) => void,
): Promise<{ ids: string[]; calm: Spread | null; burst: Spread | null }> {
  const { clio } = site;
  const refusal = { error: { type: 'ValidationError', message: 'no' } };
  const fault = await clio.fault({
    match: POST_CONTACT,
    times: null,
    effect: { kind: 'status', status: 422, body: refusal },
  });
  const ids: string[] = [];
  const start = async (): Promise<void> => {
    while (ids.length < count) ids.push(await startWrite(site, ids));
  };
  while (ids.length < Math.min(CALM, count)) {
    ids.push(await startWrite(site, ids));
    await pause(CALM_PAUSE_MS);
  }
  const calm = ids.slice();
  await Promise.all(Array.from({ length: AT_ONCE }, start));
  for (let parked = 0; parked < ids.length;) {
    parked = await countIn(site, 'parked');
    note(`${parked} of ${ids.length} parked`);
    await pause(1_000);
  }
  await clio.clearFault(fault);
  return { ids, calm: await parkedToListed(site, calm), burst: await parkedToListed(site, ids.slice(CALM)) };
}

/** A contact that nobody else asks for. */
export function writeInput(tenantId: string, number: number): ExternalWriteInput {
  const callId = `call_${randomBytes(10).toString('hex')}`;
  return {
    ladder,
    request: {
      ...{ operation: 'clio.contact.create', tenantId, callId, priority: 'MEDIUM' },
      key: `${callId}.contact`,
      payload: { firstName: 'Bench', lastName: `Nr${number}`, phoneE164: '+15125550142' },
    },
  };
}

async function startWrite({ temporal, tenantId }: DlqSite, reserved: string[]): Promise<string> {
  const input = writeInput(tenantId, reserved.length);
  const workflowId = writeWorkflowId(tenantId, 'clio', input.request.key);
  await temporal.workflow.start(workflowTypes.externalWrite, {
    ...{ workflowId, taskQueue: taskQueues.core, args: [input] },
    typedSearchAttributes: new TypedSearchAttributes([{ key: attributeKeys.tenant, value: tenantId }]),
  });
  return workflowId;
}

/** Real writes in a state; the rows that were only seeded have another name. */
export const countIn = ({ pool, tenantId }: DlqSite, state: string): Promise<number> =>
  withTenant(pool, tenantId, async (scope) => {
    const { rows } = await scope.query<{ n: number }>(
      `select count(*)::int as n from writes where state = $1 and workflow_id like 'op:' || $2 || ':clio:%'`,
      [state, tenantId],
    );
    return rows[0]?.n ?? 0;
  });

/** Milliseconds from the workflow's decision to park until the row that lists it is written. */
const parkedToListed = ({ pool, tenantId }: DlqSite, ids: readonly string[]): Promise<Spread | null> =>
  withTenant(pool, tenantId, async (scope) => {
    const { rows } = await scope.query<{ ms: number }>(
      `select extract(epoch from updated_at - parked_at)::float8 * 1000 as ms from writes
        where state = 'parked' and tenant_id = $1 and workflow_id = any ($2)`,
      [tenantId, ids],
    );
    return spreadOf(rows.map(({ ms }) => ms));
  });

const Retried = z.object({ results: z.array(z.object({ result: z.string() })) });

/** A time of Temporal's, epoch milliseconds. */
export const msOf = (time: { seconds?: unknown; nanos?: number | null } | null | undefined): number =>
  Number(time?.seconds ?? 0) * 1_000 + (time?.nanos ?? 0) / 1e6;

/** Milliseconds from the acceptance of a retry to the start of its attempt, by Temporal's own clock in each history. */
export async function decisionToAttempt(site: DlqSite, ids: readonly string[]): Promise<Spread | null> {
  for (const id of ids) {
    const { results } = await site.ask(Retried, '/dlq/retry', { message_ids: [id], reason: 'bench' });
    if (results[0]?.result !== 'retried') throw new Error(`${id}: ${results[0]?.result ?? 'no result'}`);
  }
  const samples: number[] = [];
  for (const id of ids) {
    const handle = site.temporal.workflow.getHandle(id);
    await handle.result();
    const { events } = await handle.fetchHistory();
    const accepted = events?.find((event) => event.workflowExecutionUpdateAcceptedEventAttributes);
    const acceptedMs = msOf(accepted?.eventTime);
    const started = events?.find(
      (event) => event.activityTaskStartedEventAttributes && msOf(event.eventTime) >= acceptedMs,
    );
    samples.push(msOf(started?.eventTime) - acceptedMs);
  }
  return spreadOf(samples);
}
