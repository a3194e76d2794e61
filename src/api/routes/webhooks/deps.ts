import type { Pool } from 'pg';
import type { TargetPolicy } from '../../../domain/outgoing/target.js';
import type { NoteReconnected } from '../../reconnected.js';
import type { StartWrite } from '../../start-write.js';

export interface WebhookDeps {
  pool: Pool;
  webhooks: {
    /** Seals addresses and signing secrets at rest. */
    box: {
      seal(plain: string, context: string): Buffer;
      open(sealed: Uint8Array, context: string): string;
    };
    policy: TargetPolicy;
    /** The most that one endpoint may ask for. */
    maxRatePerMinute: number;
    start: StartWrite;
    reconnected: NoteReconnected;
  };
}
