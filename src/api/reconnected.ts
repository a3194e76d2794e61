import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Pool } from 'pg';
import { resolveAlert } from '../db/alerts.js';
import { changeCircuit } from '../db/breakers.js';
import { withTenant } from '../db/tenant.js';
import { afterReconnect } from '../domain/circuit.js';
import type { TenantId } from '../domain/ids.js';
import type { Lane } from '../domain/writes.js';
import type { Logger } from '../telemetry/logger.js';
import { breakerStart, systemReconnected } from '../workflows/breaker-messages.js';
import { taskQueues, workflowTypes } from '../workflows/messages.js';

const DEADLINE_MS = 5_000;

/** To be called when a firm has connected a system anew, or enabled an endpoint: what was parked for want of credentials goes on by itself. */
export type NoteReconnected = (tenantId: TenantId, lane: Lane) => Promise<void>;

/** @throws when the database or Temporal is away; calling again does no harm. */
export const createNoteReconnected =
  ({ pool, temporal }: { pool: Pool; temporal: Client }): NoteReconnected =>
  async (tenantId, lane) => {
    await withTenant(pool, tenantId, async (scope) => {
      await changeCircuit(scope, tenantId, lane, afterReconnect);
      await resolveAlert(scope, { tenantId, kind: 'connection.refused', subject: lane });
    });
    await temporal.withDeadline(Date.now() + DEADLINE_MS, () =>
      temporal.workflow.signalWithStart(workflowTypes.breaker, {
        ...breakerStart(tenantId, lane),
        signal: systemReconnected,
        signalArgs: [],
      }),
    );
    await withTenant(pool, tenantId, (scope) =>
      resolveAlert(scope, { tenantId, kind: 'connection.untold', subject: lane }),
    );
  };

/** The same, and what a fresh connection needs at once is done now and not at the next round. */
export const createNoteConnected =
  (deps: { pool: Pool; temporal: Client }): NoteReconnected =>
  async (tenantId, system) => {
    await createNoteReconnected(deps)(tenantId, system);
    // Only Clio's connections want looking after.
    if (system !== 'clio') return;
    await deps.temporal.withDeadline(Date.now() + DEADLINE_MS, () =>
      deps.temporal.workflow.start(workflowTypes.tendConnections, {
        workflowId: `tend:${tenantId}:${system}`,
        workflowIdConflictPolicy: 'USE_EXISTING',
        taskQueue: taskQueues.core,
        args: [{ tenantId }],
        staticSummary: `Connection of ${system}`,
      }),
    );
  };

/** A first try is waited for this long at most by whoever is told; then it goes on beside. Milliseconds. */
const RETRY_MS = 15_000;

/** The same for a page that must answer: never throws, and tries again until it is done or `stop` aborts. */
export const keepNoting =
  (note: NoteReconnected, { logger, stop }: { logger: Logger; stop: AbortSignal }): NoteReconnected =>
  async (tenantId, system) => {
    const once = async (): Promise<boolean> => {
      try {
        await note(tenantId, system);
        return true;
      } catch (err) {
        logger.warn({ err, tenantId, system }, 'parked writes could not be told of a new connection yet');
        return false;
      }
    };
    if (await once()) return;
    const again = async (): Promise<void> => {
      do await sleep(RETRY_MS, undefined, { signal: stop, ref: false });
      while (!(await once()));
    };
    // Rejects when the process stops.
    again().catch(() => undefined);
  };
