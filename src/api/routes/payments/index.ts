import type { App } from '../../app-types.js';
import type { PaymentDeps } from './deps.js';
import { paymentReconciliationRoute } from './reconciliation.js';
import { type RefundDeps, refundRoutes } from './refunds.js';
import { eventsSecretRoute } from './events-secret.js';
import { paymentSetupRoutes } from './setup.js';

export type { PaymentDeps } from './deps.js';
export type { RefundDeps } from './refunds.js';
export { type PaymentEventDeps, paymentEventRoutes } from './events.js';

/** What staff settle and see about money. */
export function paymentRoutes(app: App, deps: PaymentDeps & RefundDeps): void {
  paymentSetupRoutes(app, deps);
  eventsSecretRoute(app, deps);
  paymentReconciliationRoute(app, deps);
  refundRoutes(app, deps);
}
