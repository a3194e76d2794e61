/** Activities of our own: making and storing the intake record, keeping the projection of writes. */
import { readConnection } from '../db/connections.js';
import { saveIntake } from '../db/intakes.js';
import { withTenant, type TenantScope } from '../db/tenant.js';
import type { TenantId } from '../domain/ids.js';
import { leavesContact } from '../domain/intake-writes.js';
import type { IntakeRecord } from '../domain/intake.js';
import type { EndedCall, IntakeActivities } from './contracts.js';
import { tellOfCall, tellOfIntake } from './outgoing/write-events.js';
import { createProjectWrite, type ProjectionDeps } from './projection.js';

export interface IntakeDeps extends ProjectionDeps {
  /** Makes the record out of the turns; deterministic rules today. */
  extract: (call: EndedCall) => IntakeRecord;
}

export function createIntakeActivities(deps: IntakeDeps): IntakeActivities {
  const { pool, extract, outbox } = deps;
  return {
    extractIntake: async (call) => {
      const extracted = extract(call);
      // A call that left nobody behind is finished here; the others when their writes are.
      const phase = leavesContact(extracted) ? 'writing' : 'done';
      const { record, isNews } = await withTenant(pool, call.tenantId, async (scope) => {
        const record = { ...extracted, ...(phase === 'writing' && (await targetsOf(scope, call.tenantId))) };
        await saveIntake(scope, phase, record);
        const ended = await tellOfCall(scope, call);
        const isNews = phase === 'done' ? (await tellOfIntake(scope, record)) || ended : ended;
        return { record, isNews };
      });
      if (isNews) outbox?.nudge(call.tenantId);
      return record;
    },
    persistIntake: async (record) => {
      const isNews = await withTenant(pool, record.tenantId, async (scope) => {
        await saveIntake(scope, 'done', record);
        return tellOfIntake(scope, record);
      });
      if (isNews) outbox?.nudge(record.tenantId);
    },
    projectWrite: createProjectWrite(deps),
  };
}

/** An inbox whose token Grow refuses is still one: its leads wait for a good token. One that was let go is none. */
async function targetsOf(scope: TenantScope, tenantId: TenantId): Promise<Pick<IntakeRecord, 'targets'>> {
  const inbox = await readConnection(scope, tenantId, 'grow');
  return inbox?.sealedTokens ? { targets: ['grow'] } : {};
}
