/** What was sent to firms' lead inboxes: one request at a time, and the next one on proof alone. */
import type { TenantId } from '../domain/ids.js';
import type { TenantScope } from './tenant.js';

/** `ready`: nothing that was sent did anything. `sent`: it may have. `landed`: the lead is there. */
export interface LeadRow {
  state: 'ready' | 'sent' | 'landed';
  /** Requests that have left so far; the last one is named by this number. */
  sends: number;
  leadId: string | null;
}

export interface LeadPlace {
  tenantId: TenantId;
  /** The operation key. */
  reference: string;
}

/** Undefined: nothing was ever sent. */
export async function findLead(
  scope: TenantScope,
  { tenantId, reference }: LeadPlace,
): Promise<LeadRow | undefined> {
  const { rows } = await scope.query<LeadRow>(
    `select state, sends, lead_id as "leadId" from leads where tenant_id = $1 and reference = $2`,
    [tenantId, reference],
  );
  return rows[0];
}

/**
 * Takes leave to send.
 * @returns the number of the request; undefined while an earlier one is unproven, or when the lead is there.
 */
export async function claimSend(
  scope: TenantScope,
  { tenantId, reference }: LeadPlace,
): Promise<number | undefined> {
  const { rows } = await scope.query<{ sends: number }>(
    `insert into leads as l (tenant_id, reference, state, sends, sent_at) values ($1, $2, 'sent', 1, now())
     on conflict (tenant_id, reference) do update
       set state = 'sent', sends = l.sends + 1, sent_at = now(), updated_at = now() where l.state = 'ready'
     returning sends`,
    [tenantId, reference],
  );
  return rows[0]?.sends;
}

/**
 * Notes what became of one request, by its number: a late word about an earlier one says nothing of this one.
 * @param end `undone`: proof that it did nothing; otherwise that the lead is there, under this id.
 * @returns whether it fitted.
 */
export async function settleSend(
  scope: TenantScope,
  { tenantId, reference }: LeadPlace,
  send: number,
  end: 'undone' | { leadId: string },
): Promise<boolean> {
  const [state, leadId] = end === 'undone' ? (['ready', null] as const) : (['landed', end.leadId] as const);
  const { rowCount } = await scope.query(
    `update leads set state = $4, lead_id = $5, updated_at = now()
      where tenant_id = $1 and reference = $2 and sends = $3 and state = 'sent'`,
    [tenantId, reference, send, state, leadId],
  );
  return rowCount === 1;
}
