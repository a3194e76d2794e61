/** Tells the outside what there is to tell, soon after it happened; the sweep finds what a crash has left behind. */
import { listTenants } from '../../db/tenants.js';
import type { TenantId } from '../../domain/ids.js';
import { whileBeating } from '../attempt.js';
import { announce, type AnnounceDeps } from './announce.js';
import type { OutboxActivities, SweepReport } from './contracts.js';
import { fanOut, forgetTold, type FanOutDeps } from './fan-out.js';

export interface TellDeps {
  events: FanOutDeps;
  alerts: AnnounceDeps;
}

/** Everything that waits to be told of one firm. Alerts go first. @returns how many there were. */
export async function tellAll(
  deps: TellDeps,
  tenantId: TenantId,
): Promise<Pick<SweepReport, 'alerts' | 'events'>> {
  const alerts = await announce(deps.alerts, tenantId);
  return { alerts, events: await fanOut(deps.events, tenantId) };
}

export const createOutboxActivities = (deps: TellDeps): OutboxActivities => ({
  sweepOutbox: () => whileBeating((signal) => sweep(deps, signal)),
});

async function sweep(deps: TellDeps, signal: AbortSignal): Promise<SweepReport> {
  const report: SweepReport = { firms: 0, events: 0, alerts: 0 };
  for (const tenantId of await listTenants(deps.events.pool)) {
    signal.throwIfAborted();
    const told = await tellAll(deps, tenantId);
    await forgetTold(deps.events, tenantId);
    report.firms += 1;
    report.events += told.events;
    report.alerts += told.alerts;
  }
  return report;
}
