import type { Client } from '@temporalio/client';
import type { Pool } from 'pg';
import { resolveAlert } from '../db/alerts.js';
import { changeCircuit } from '../db/breakers.js';
import { withTenant } from '../db/tenant.js';
import { afterReconnect } from '../domain/circuit.js';
import type { TenantId } from '../domain/ids.js';
import type { System } from '../domain/writes.js';
import { breakerStart, systemReconnected } from '../workflows/breaker-messages.js';
import { workflowTypes } from '../workflows/messages.js';

const DEADLINE_MS = 5_000;

/** To be called when a firm has connected a system anew: what was parked for want of credentials goes on by itself. */
export type NoteReconnected = (tenantId: TenantId, system: System) => Promise<void>;

/** @throws when the database or Temporal is away; calling again does no harm. */
export const createNoteReconnected =
  ({ pool, temporal }: { pool: Pool; temporal: Client }): NoteReconnected =>
  async (tenantId, system) => {
    await withTenant(pool, tenantId, async (scope) => {
      await changeCircuit(scope, tenantId, system, afterReconnect);
      await resolveAlert(scope, { tenantId, kind: 'connection.refused', subject: system });
    });
    await temporal.withDeadline(Date.now() + DEADLINE_MS, () =>
      temporal.workflow.signalWithStart(workflowTypes.breaker, {
        ...breakerStart(tenantId, system),
        signal: systemReconnected,
        signalArgs: [],
      }),
    );
  };
