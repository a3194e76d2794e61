/** The activity that brings the projection of a write up to date, and all that hangs on it. */
import type { Pool } from 'pg';
import { raiseAlert, type Alert } from '../db/alerts.js';
import { deadLetterRules, refreshDeadLetterAlerts } from '../db/dead-letter-alerts.js';
import { noteFailure } from '../db/issues.js';
import { withTenant } from '../db/tenant.js';
import { failureIn, projectWrite, type WriteIdentity, type WriteProgress } from '../db/writes.js';
import { isMoney } from '../domain/writes.js';
import type { AlertPort } from './alerts.js';
import type { ProjectionActivities } from './contracts.js';
import { recordDecisions } from './decision-log.js';
import type { Outbox } from './outgoing/outbox.js';
import { tellOfState } from './outgoing/write-events.js';
import type { SecretBox } from './vendor-tokens.js';

export interface ProjectionDeps {
  pool: Pool;
  /** Seals what an edit replaced. */
  box: Pick<SecretBox, 'seal'>;
  alerts: AlertPort;
  /** Absent: what is to be told waits for the sweep. */
  outbox?: Outbox;
}

/** One transaction: the row, its issue, the alerts it calls for, the decisions that led to it. */
export function createProjectWrite({
  pool,
  box,
  alerts,
  outbox,
}: ProjectionDeps): ProjectionActivities['projectWrite'] {
  return async ({ identity, progress, decisions }) => {
    const { tenantId } = identity;
    const { rules, raised, isNews } = await withTenant(pool, tenantId, async (scope) => {
      await projectWrite(scope, identity, progress);
      const firm = await deadLetterRules(scope, tenantId);
      const isParked = progress.state === 'parked';
      if (isParked) await noteIssue(scope, identity, progress);
      // Age and what has left the list are looked after by the clock; here only what may have reached a threshold.
      const counts = identity.priority === 'CRITICAL' || firm.parkedAlert !== undefined;
      const news = isParked && counts ? await refreshDeadLetterAlerts(scope, tenantId, firm) : [];
      if (progress.state === 'expired') news.push(...(await alertOfExpiry(scope, identity)));
      const told = await tellOfState(scope, identity, progress);
      await recordDecisions(scope, tenantId, box, decisions);
      return { rules: firm, raised: news, isNews: told };
    });
    alerts.announce(raised);
    if (isNews) outbox?.nudge(tenantId);
    return { secondPerson: rules.secondPersonForMoney && isMoney(identity.operation) };
  };
}

/** One for each: what was to be done has not been done, and will not be by itself. */
async function alertOfExpiry(
  scope: Parameters<typeof raiseAlert>[0],
  { tenantId, workflowId, system, operation, priority }: WriteIdentity,
): Promise<Alert[]> {
  const alert: Alert = {
    ...{ tenantId, kind: 'write.expired', subject: workflowId, severity: 'critical' },
    message:
      'a parked write has expired: nobody decided about it in all the time that parked writes are kept',
    details: { system, operation, priority },
  };
  return (await raiseAlert(scope, alert)) ? [alert] : [];
}

async function noteIssue(
  scope: Parameters<typeof noteFailure>[0],
  identity: WriteIdentity,
  progress: WriteProgress,
): Promise<void> {
  const failure = failureIn(identity, progress);
  if (failure && progress.parkedAtMs !== undefined)
    await noteFailure(scope, identity.tenantId, failure, progress.parkedAtMs);
}
