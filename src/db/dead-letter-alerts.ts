/** Alerts about the number and age of parked writes, brought up to date with what is parked now. */
import {
  alertsDue,
  type DeadLetterAlert,
  deadLetterAlerts,
  DeadLetterRules,
  type ParkedCounts,
} from '../domain/dead-letter-rules.js';
import type { TenantId } from '../domain/ids.js';
import { type Alert, raiseAlert, resolveAlert } from './alerts.js';
import type { TenantScope } from './tenant.js';

/** The firm's rules as they are now. */
export async function deadLetterRules(scope: TenantScope, tenantId: TenantId): Promise<DeadLetterRules> {
  const { rows } = await scope.query<{ rules: unknown }>(
    `select profile -> 'deadLetters' as rules from tenants where tenant_id = $1`,
    [tenantId],
  );
  return DeadLetterRules.parse(rows[0]?.rules ?? {});
}

/**
 * Raises what is due and ends what no longer is.
 * @returns the alerts that are new. Writes that park at the same moment wait for each other here, so that the one that
 *   reaches a threshold sees the others.
 */
export async function refreshDeadLetterAlerts(
  scope: TenantScope,
  tenantId: TenantId,
  rules: DeadLetterRules,
): Promise<Alert[]> {
  await scope.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`alerts/${tenantId}`]);
  const counts = await parkedCounts(scope, tenantId);
  const due = alertsDue(rules, counts);
  const raised: Alert[] = [];
  for (const kind of deadLetterAlerts) {
    if (due.includes(kind)) {
      const alert = alertOf(tenantId, kind, counts);
      if (await raiseAlert(scope, alert)) raised.push(alert);
    } else await resolveAlert(scope, { tenantId, kind });
  }
  return raised;
}

async function parkedCounts(scope: TenantScope, tenantId: TenantId): Promise<ParkedCounts> {
  const { rows } = await scope.query<ParkedCounts>(
    `select count(*) filter (where priority_rank = 1)::int as critical, count(*)::int as parked,
            extract(epoch from now() - min(parked_at))::float8 * 1000 as "oldestAgeMs"
       from writes where tenant_id = $1 and state = 'parked'`,
    [tenantId],
  );
  return rows[0] ?? { critical: 0, parked: 0, oldestAgeMs: null };
}

function alertOf(
  tenantId: TenantId,
  kind: DeadLetterAlert,
  { critical, parked, oldestAgeMs }: ParkedCounts,
): Alert {
  const hours = Math.floor((oldestAgeMs ?? 0) / 3_600_000);
  const messages: Record<DeadLetterAlert, string> = {
    'dead_letters.critical': `${critical} CRITICAL writes are parked and wait for a decision`,
    'dead_letters.parked': `${parked} writes are parked and wait for a decision`,
    'dead_letters.overdue': `the longest parked write has waited for ${hours} hours`,
  };
  const severity = kind === 'dead_letters.parked' ? 'warning' : 'critical';
  return { tenantId, kind, severity, message: messages[kind], details: { critical, parked } };
}
