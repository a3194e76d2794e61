/**
 * Compares the table of writes with Temporal and puts it right. Visibility is a little late and so is the table; a write
 * on which they differ is therefore asked itself, and only when the table contradicts the workflow's own word is that
 * drift.
 */
import type { Pool } from 'pg';
import { raiseAlert, resolveAlert, type Alert } from '../db/alerts.js';
import { appendAudit } from '../db/audit.js';
import { deadLetterRules, refreshDeadLetterAlerts } from '../db/dead-letter-alerts.js';
import {
  closeWrite,
  lockWrite,
  repairWrite,
  saveReconciliation,
  waitingWrites,
  type ClaimedState,
} from '../db/reconciliation.js';
import { withTenant, type TenantScope } from '../db/tenant.js';
import { listTenants } from '../db/tenants.js';
import type { WriteIdentity, WriteProgress } from '../db/writes.js';
import type { TenantId } from '../domain/ids.js';
import type { Logger } from '../telemetry/logger.js';
import type { AlertPort } from './alerts.js';
import { whileBeating } from './attempt.js';
import type { ReconcileActivities, ReconcileReport } from './reconcile-contracts.js';

/** What visibility shows of a waiting write. */
export interface SeenWrite extends ClaimedState {
  tenantId: TenantId;
}

/** A write's own word. `lost`: terminated, failed, or unknown to Temporal. */
export type Word =
  | { kind: 'open'; identity: WriteIdentity; progress: WriteProgress }
  | { kind: 'done'; externalId: string; url?: string }
  | { kind: 'discarded' }
  | { kind: 'lost'; how: string };

export interface ReconcileDeps {
  pool: Pool;
  logger: Logger;
  alerts: AlertPort;
  /** Every write that visibility shows as waiting. */
  seen(signal: AbortSignal): AsyncIterable<SeenWrite>;
  /** Asks the workflow itself. */
  ask(workflowId: string): Promise<Word>;
}

export const createReconcileActivities = (deps: ReconcileDeps): ReconcileActivities => ({
  reconcileWrites: () => whileBeating((signal) => reconcile(deps, signal)),
});

async function reconcile(deps: ReconcileDeps, signal: AbortSignal): Promise<ReconcileReport> {
  const seen = new Map<TenantId, Map<string, SeenWrite>>();
  for await (const write of deps.seen(signal)) {
    const ofFirm = seen.get(write.tenantId) ?? new Map<string, SeenWrite>();
    seen.set(write.tenantId, ofFirm.set(write.workflowId, write));
  }
  const report: ReconcileReport = { firms: 0, compared: 0, drift: 0 };
  for (const tenantId of await listTenants(deps.pool)) {
    signal.throwIfAborted();
    const found = await reconcileFirm(deps, tenantId, seen.get(tenantId) ?? new Map());
    report.firms += 1;
    report.compared += found.compared;
    report.drift += found.drift;
  }
  deps.logger.info({ event: 'reconciled', ...report }, 'the table of writes was compared with Temporal');
  return report;
}

/** One write that gives no answer keeps no other from being compared. So many in a row are Temporal, or our database, away. */
const MAX_SILENT = 5;

async function reconcileFirm(
  deps: ReconcileDeps,
  tenantId: TenantId,
  seen: ReadonlyMap<string, SeenWrite>,
): Promise<{ compared: number; drift: number }> {
  const claimed = new Map(
    (await withTenant(deps.pool, tenantId, (scope) => waitingWrites(scope, tenantId))).map((row) => [
      row.workflowId,
      row,
    ]),
  );
  const ids = new Set([...seen.keys(), ...claimed.keys()]);
  let drift = 0;
  let silentInARow = 0;
  for (const id of ids) {
    if (agree(claimed.get(id), seen.get(id))) continue;
    try {
      if (await settle(deps, tenantId, id)) drift += 1;
      silentInARow = 0;
    } catch (err) {
      silentInARow += 1;
      if (silentInARow >= MAX_SILENT) throw err;
      deps.logger.warn(
        { err, tenantId, workflowId: id },
        'a write could not be asked; the next run asks it again',
      );
    }
  }
  await close(deps, tenantId, { compared: ids.size, drift });
  return { compared: ids.size, drift };
}

const agree = (a: ClaimedState | undefined, b: ClaimedState | undefined): boolean =>
  a !== undefined && b !== undefined && a.state === b.state && a.revision === b.revision;

/** @returns whether the table contradicted the workflow; it no longer does. */
async function settle(deps: ReconcileDeps, tenantId: TenantId, workflowId: string): Promise<boolean> {
  const word = await deps.ask(workflowId);
  return withTenant(deps.pool, tenantId, async (scope) => {
    const row = await lockWrite(scope, tenantId, workflowId);
    if (word.kind === 'open') return settleOpen(scope, row, word);
    if (!row || (row.state !== 'parked' && row.state !== 'backoff')) return false;
    await closeWrite(scope, tenantId, workflowId, {
      ...word,
      state: word.kind === 'done' ? 'done' : 'discarded',
    });
    if (word.kind === 'lost')
      await appendAudit(scope, {
        ...{ tenantId, subject: workflowId, reason: `the workflow was ${word.how}`, actor: 'temporal' },
        eventId: `${workflowId}/lost/r${row.revision}`,
        atMs: Date.now(),
        action: 'write.lost',
      });
    return true;
  });
}

/** A row that is ahead of the word we got has heard from the workflow since. */
async function settleOpen(
  scope: TenantScope,
  row: ClaimedState | undefined,
  { identity, progress }: Extract<Word, { kind: 'open' }>,
): Promise<boolean> {
  const isWaiting = progress.state === 'parked' || progress.state === 'backoff';
  if (row?.state === progress.state && row.revision === progress.revision) return false;
  if (row && row.revision > progress.revision) return false;
  // Between two states nothing stands still long enough to be compared; its next report will tell.
  if (!isWaiting) return false;
  await repairWrite(scope, identity, progress);
  return true;
}

async function close(
  { pool, alerts }: ReconcileDeps,
  tenantId: TenantId,
  found: { compared: number; drift: number },
): Promise<void> {
  const raised = await withTenant(pool, tenantId, async (scope) => {
    await saveReconciliation(scope, tenantId, found);
    const alert: Alert = {
      ...{ tenantId, kind: 'projection.drift', severity: 'warning' },
      message: `${found.drift} writes were listed otherwise than Temporal has them; they were put right`,
      details: found,
    };
    const isNew = found.drift > 0 && (await raiseAlert(scope, alert));
    if (found.drift === 0) await resolveAlert(scope, alert);
    const due = await refreshDeadLetterAlerts(scope, tenantId, await deadLetterRules(scope, tenantId));
    return isNew ? [alert, ...due] : due;
  });
  alerts.announce(raised);
}
