import type { App } from '../../app-types.js';
import type { WebhookDeps } from './deps.js';
import { endpointRoutes } from './endpoints.js';
import { hookRoutes } from './hooks.js';
import { rotateRoute, testRoute } from './secrets.js';

/** Where a firm wants to be told of what happens. */
export function webhookRoutes(app: App, deps: WebhookDeps): void {
  endpointRoutes(app, deps);
  rotateRoute(app, deps);
  testRoute(app, deps);
  hookRoutes(app, deps);
}
