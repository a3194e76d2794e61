/** Activities of our own: making and storing the intake record, keeping the projection of writes. */
import type { Pool } from 'pg';
import { saveIntake } from '../db/intakes.js';
import { withTenant } from '../db/tenant.js';
import { projectWrite } from '../db/writes.js';
import { leavesContact } from '../domain/intake-writes.js';
import type { IntakeRecord } from '../domain/intake.js';
import { recordDecisions } from './decision-log.js';
import type { SecretBox } from './vendor-tokens.js';
import type { EndedCall, IntakeActivities } from './contracts.js';

export interface IntakeDeps {
  pool: Pool;
  /** Seals what an edit replaced. */
  box: Pick<SecretBox, 'seal'>;
  /** Makes the record out of the turns; deterministic rules today. */
  extract: (call: EndedCall) => IntakeRecord;
}

export function createIntakeActivities({ pool, box, extract }: IntakeDeps): IntakeActivities {
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
    projectWrite: ({ identity, progress, decisions }) =>
      withTenant(pool, identity.tenantId, async (scope) => {
        await projectWrite(scope, identity, progress);
        await recordDecisions(scope, box, decisions);
      }),
  };
}
