import type { Pool } from 'pg';
import type { ClioRegion } from '../../../domain/clio-regions.js';
import type { GrowSettings } from '../../../domain/grow.js';
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

/** A firm's lead inbox in Clio Grow as people may see it: never its token. */
export interface InboxView extends GrowSettings {
  baseUrl: string;
  /** When Grow refused the token; null while it is good. */
  refusedAt: Date | null;
}

/** Naming and letting go of lead inboxes, from the composition root. */
export interface GrowDesk {
  /** Undefined: the firm has none. */
  read(tenantId: TenantId): Promise<InboxView | undefined>;
  /** Names the inbox, or another in the place of the one before. */
  name(
    tenantId: TenantId,
    token: string,
    settings: GrowSettings,
    by: { actor: string; reason: string },
  ): Promise<InboxView>;
  /** Forgets the token. @returns whether there was an inbox. */
  letGo(tenantId: TenantId, by: { actor: string; reason: string }): Promise<boolean>;
}

export interface ConnectionDeps {
  pool: Pool;
  /** How browsers reach this edge. */
  publicUrl: string;
  connections: {
    states: ConsentStates;
    clio: ClioDesk;
    grow: GrowDesk;
    reconnected: NoteReconnected;
  };
}
