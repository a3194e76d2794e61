import type { Pacer } from '../clients/pacer.js';
import type { ClioPlace } from '../domain/clio-regions.js';
import type { TenantId } from '../domain/ids.js';
import type { Logger } from '../telemetry/logger.js';
import type { WebhookDeps } from './clio-webhooks.js';

/** What connecting a firm's Clio and letting it go stand on. */
export interface ClioConnectDeps extends WebhookDeps {
  logger: Logger;
  places: readonly ClioPlace[];
  /** Where Clio sends people back to; registered with each region's app, to the letter. */
  redirectUri: string;
  timeoutMs: number;
  /** The firm's pace at Clio, which the edge shares with the workers. */
  pacerFor: (tenantId: TenantId, signal: AbortSignal) => Pacer;
}
