/** What a redrive job does with each write of its target set, and what becomes of it. */
import type { TenantId } from '../domain/ids.js';
import type { Fares } from '../domain/redrive.js';
import type { WritePhase } from '../domain/writes.js';
import type { TenantScope } from './tenant.js';

export const redriveItemStates = [
  'pending',
  /** About to be told to try again. */
  'sending',
  /** Told, and not settled yet. */
  'sent',
  'landed',
  'parked_again',
  /** It concerns money: a second person must approve. */
  'proposed',
  'discarded',
  /** Somebody was faster, or it landed by itself. */
  'no_longer_parked',
  'aborted',
] as const;
export type RedriveItemState = (typeof redriveItemStates)[number];

/** An item to be told. */
export interface ClaimedItem {
  seq: number;
  workflowId: string;
}

/**
 * Takes the next items in order. Those that no longer wait are settled at once; the others are marked before anything is
 * sent, with the revision they have now, so that a batch that is cut off and runs again sends the same signals again
 * (each counts once) and mistakes none of its own work for somebody else's.
 */
export async function claimItems(
  scope: TenantScope,
  tenantId: TenantId,
  jobId: string,
  limit: number,
): Promise<ClaimedItem[]> {
  const next = await nextItems(scope, tenantId, jobId, limit);
  const isWaiting = ({ was, writeState }: NextItem): boolean => was === 'sending' || writeState === 'parked';
  const told = next.filter(isWaiting);
  // By number and not by a join: of a list that was frozen a moment ago the planner knows nothing, and read it anew for
  // each of its items.
  await scope.query(
    `update redrive_items i set
       state = case when i.seq = any ($3) then 'sending' else 'no_longer_parked' end,
       settled_at = case when i.seq = any ($3) then null else now() end,
       revision = (select w.revision from writes w where w.tenant_id = i.tenant_id and w.workflow_id = i.workflow_id)
      where i.tenant_id = $1 and i.job_id = $2 and i.state = 'pending' and i.seq = any ($4)`,
    [tenantId, jobId, told.map(({ seq }) => seq), next.map(({ seq }) => seq)],
  );
  return told.map(({ seq, workflowId }) => ({ seq, workflowId }));
}

interface NextItem extends ClaimedItem {
  was: 'pending' | 'sending';
  /** Null: the table has no such write any more. */
  writeState: WritePhase | null;
}

async function nextItems(
  scope: TenantScope,
  tenantId: TenantId,
  jobId: string,
  limit: number,
): Promise<NextItem[]> {
  const { rows } = await scope.query<NextItem>(
    `select i.seq, i.workflow_id as "workflowId", i.state as was,
            (select w.state from writes w where w.tenant_id = i.tenant_id and w.workflow_id = i.workflow_id) as "writeState"
       from redrive_items i
      where i.tenant_id = $1 and i.job_id = $2 and i.state in ('pending', 'sending') order by i.seq limit $3`,
    [tenantId, jobId, limit],
  );
  return rows;
}

/** @param gone those whose workflow is over or unknown. */
export async function markSent(
  scope: TenantScope,
  tenantId: TenantId,
  jobId: string,
  sent: readonly number[],
  gone: readonly number[],
): Promise<void> {
  await scope.query(
    `update redrive_items set state = case when seq = any ($4) then 'no_longer_parked' else 'sent' end,
            sent_at = now(), settled_at = case when seq = any ($4) then now() end
      where tenant_id = $1 and job_id = $2 and state = 'sending' and (seq = any ($3) or seq = any ($4))`,
    [tenantId, jobId, sent, gone],
  );
}

/**
 * Brings the results up to date with the projection. What a write does now is the result, unless it is still at it; one
 * that is parked has tried once its revision has grown.
 */
export async function settleItems(scope: TenantScope, tenantId: TenantId, jobId: string): Promise<void> {
  await scope.query(
    `update redrive_items i set settled_at = now(),
       state = case when w.state = 'done' then 'landed' when w.state <> 'parked' then 'discarded'
                    when w.proposed_by is not null then 'proposed' else 'parked_again' end
      from writes w
     where i.tenant_id = $1 and i.job_id = $2 and i.state = 'sent'
       and w.tenant_id = i.tenant_id and w.workflow_id = i.workflow_id
       and case w.state when 'parked' then w.revision > i.revision else w.state not in ('running', 'retrying', 'backoff') end`,
    [tenantId, jobId],
  );
}

export interface ItemCounts {
  /** Not told yet. */
  open: number;
  /** Told and at it; those that wait out a slow retry are not among them. */
  underWay: number;
  /** Told, failed at once, and waiting for a slow retry. */
  waiting: number;
  fares: Fares;
}

/** Counts for the job's next step. `fares` looks at the last fifty that settled since it was resumed. */
export async function itemCounts(scope: TenantScope, tenantId: TenantId, jobId: string): Promise<ItemCounts> {
  const { rows } = await scope.query<Omit<ItemCounts, 'fares'> & Fares>(
    `with recent as (
       select i.state from redrive_items i join redrive_jobs j using (tenant_id, job_id)
        where i.tenant_id = $1 and i.job_id = $2 and i.settled_at > j.resumed_at
          and i.state in ('landed', 'parked_again') order by i.settled_at desc limit 50)
     select (select count(*)::int from redrive_items o
              where o.tenant_id = $1 and o.job_id = $2 and o.state in ('pending', 'sending')) as open,
            count(*) filter (where w.state is distinct from 'backoff')::int as "underWay",
            count(*) filter (where w.state = 'backoff')::int as waiting,
            (select count(*)::int from recent) as settled,
            (select count(*)::int from recent where state = 'parked_again') as "parkedAgain"
       from redrive_items i left join writes w using (tenant_id, workflow_id)
      where i.tenant_id = $1 and i.job_id = $2 and i.state = 'sent'`,
    [tenantId, jobId],
  );
  const { open = 0, underWay = 0, waiting = 0, settled = 0, parkedAgain = 0 } = rows[0] ?? {};
  return { open, underWay, waiting, fares: { settled, parkedAgain } };
}

/** What was not told yet never will be. */
export async function abortItems(scope: TenantScope, tenantId: TenantId, jobId: string): Promise<void> {
  await scope.query(
    `update redrive_items set state = 'aborted', settled_at = now()
      where tenant_id = $1 and job_id = $2 and state in ('pending', 'sending')`,
    [tenantId, jobId],
  );
}

/** Items of a job by state. Only states that occur appear. */
export async function itemsByState(
  scope: TenantScope,
  tenantId: TenantId,
  jobId: string,
): Promise<Partial<Record<RedriveItemState, number>>> {
  const { rows } = await scope.query<{ state: RedriveItemState; n: number }>(
    `select state, count(*)::int as n from redrive_items where tenant_id = $1 and job_id = $2 group by state`,
    [tenantId, jobId],
  );
  return Object.fromEntries(rows.map(({ state, n }) => [state, n]));
}

export interface RedriveItem {
  seq: number;
  workflowId: string;
  state: RedriveItemState;
  sentAt: Date | null;
  settledAt: Date | null;
}

/** Items in the order they are tried. */
export async function listItems(
  scope: TenantScope,
  tenantId: TenantId,
  jobId: string,
  query: { states?: readonly RedriveItemState[] | undefined; afterSeq: number; limit: number },
): Promise<RedriveItem[]> {
  const { rows } = await scope.query<RedriveItem>(
    `select seq, workflow_id as "workflowId", state, sent_at as "sentAt", settled_at as "settledAt"
       from redrive_items where tenant_id = $1 and job_id = $2 and seq > $3 and ($4::text[] is null or state = any ($4))
      order by seq limit $5`,
    [tenantId, jobId, query.afterSeq, query.states ?? null, query.limit],
  );
  return rows;
}
