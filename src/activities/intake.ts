/** Activities of our own: making and storing the intake record, keeping the projection of writes. */
import { saveIntake } from '../db/intakes.js';
import { withTenant } from '../db/tenant.js';
import { leavesContact } from '../domain/intake-writes.js';
import type { IntakeRecord } from '../domain/intake.js';
import type { EndedCall, IntakeActivities } from './contracts.js';
import { createProjectWrite, type ProjectionDeps } from './projection.js';

export interface IntakeDeps extends ProjectionDeps {
  /** Makes the record out of the turns; deterministic rules today. */
  extract: (call: EndedCall) => IntakeRecord;
}

export function createIntakeActivities({ pool, box, alerts, extract }: IntakeDeps): IntakeActivities {
  return {
    extractIntake: async (call) => {
      const record = extract(call);
      // A call that left nobody behind is finished here; the others when their writes are.
      const phase = leavesContact(record) ? 'writing' : 'done';
      await withTenant(pool, call.tenantId, (scope) => saveIntake(scope, phase, record));
      return record;
    },
    persistIntake: (record) =>
      withTenant(pool, record.tenantId, (scope) => saveIntake(scope, 'done', record)),
    projectWrite: createProjectWrite({ pool, box, alerts }),
  };
}
