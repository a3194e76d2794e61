import type { App } from '../../app-types.js';
import { alertRoutes } from './alerts.js';
import { breakerRoutes } from './breakers.js';
import { decisionRoutes } from './decisions.js';
import type { DeadLetterDeps } from './deps.js';
import { detailsRoute } from './details.js';
import { editRoute } from './edit.js';
import { issueRoutes } from './issues.js';
import { listRoute } from './list.js';
import { reconciliationRoute } from './reconciliation.js';
import { redriveOrderRoutes } from './redrive-orders.js';
import { redriveRoutes } from './redrive.js';
import { retryRoute } from './retry.js';
import { statsRoute } from './stats.js';

/** Parked writes: finding them, judging them, deciding about them. */
export function deadLetterRoutes(app: App, deps: DeadLetterDeps): void {
  listRoute(app, deps);
  statsRoute(app, deps);
  retryRoute(app, deps);
  detailsRoute(app, deps);
  editRoute(app, deps);
  decisionRoutes(app, deps);
  issueRoutes(app, deps);
  alertRoutes(app, deps);
  breakerRoutes(app, deps);
  reconciliationRoute(app, deps);
  redriveRoutes(app, deps);
  redriveOrderRoutes(app, deps);
}
