import type { Pool } from 'pg';
import type { ClioRegion } from '../../../domain/clio-regions.js';
import type { TenantId } from '../../../domain/ids.js';
import type { ConsentStates } from '../../connections/consent-states.js';
import type { NoteReconnected } from '../../reconnected.js';

/** What a person's consent at Clio came to. */
export type ConsentOutcome =
  | { kind: 'connected'; account: string }
  /** The consent was for another Clio account than the firm's. */
  | { kind: 'other_account' }
  /** Clio did not take the code. */
  | { kind: 'refused' }
  | { kind: 'unavailable' };

/** Clio's side of connecting, from the composition root. */
export interface ClioDesk {
  /** Undefined where HERMES has no app in that region. */
  consentUrl(region: ClioRegion, state: string): string | undefined;
  connect(
    tenantId: TenantId,
    consent: { region: ClioRegion; code: string; actor: string; otherAccount: boolean },
  ): Promise<ConsentOutcome>;
  /** Undefined: there was nothing to end. */
  disconnect(
    tenantId: TenantId,
    by: { actor: string; reason: string },
  ): Promise<{ deauthorized: boolean } | undefined>;
}

export interface ConnectionDeps {
  pool: Pool;
  /** How browsers reach this edge. */
  publicUrl: string;
  connections: {
    states: ConsentStates;
    clio: ClioDesk;
    reconnected: NoteReconnected;
  };
}
