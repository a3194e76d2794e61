import type { Pool } from 'pg';
import type { DecisionDesk } from '../../dead-letters/desk.js';
import type { RedriveDesk } from '../../dead-letters/redrive-desk.js';
import type { RetryDeadLetters } from '../../dead-letters/retry.js';
import type { TemporalLink } from '../../temporal-links.js';

export interface DeadLetterDeps {
  pool: Pool;
  temporalLink: TemporalLink;
  retry: RetryDeadLetters;
  desk: DecisionDesk;
  redrives: RedriveDesk;
  /** Opens what an edit replaced, as the audit log keeps it. */
  box: { seal(plain: string, context: string): Buffer; open(sealed: Uint8Array, context: string): string };
}
