import type { App } from '../../app-types.js';
import type { PaymentDeps } from './deps.js';
import { paymentReconciliationRoute } from './reconciliation.js';
import { paymentSetupRoutes } from './setup.js';

export type { PaymentDeps } from './deps.js';
export { type PaymentEventDeps, paymentEventRoutes } from './events.js';

/** What staff settle and see about money. */
export function paymentRoutes(app: App, deps: PaymentDeps): void {
  paymentSetupRoutes(app, deps);
  paymentReconciliationRoute(app, deps);
}
