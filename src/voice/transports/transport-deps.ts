import { closeCodes } from '../wire.js';
import type { CallHeader } from '../ports.js';
import type { ConversationAgent } from '../session/agent-port.js';
import type { SharedCallDeps } from '../session/call-deps.js';
import type { SessionOptions } from '../session/options.js';
import type { CallRegistry } from '../session/registry.js';

/** What a token stands for. */
export type Claim =
  /** `back`: the call is here already and waits for its caller, whose line broke. */
  | { ok: true; header: CallHeader; agent: ConversationAgent; back?: true }
  | { ok: false; why: 'bad_token' | 'replayed_token' | 'busy' };

/** A call that its token has opened. */
export type Claimed = Extract<Claim, { ok: true }>;

/** Close codes for a claim that was refused. */
export const refusals = {
  bad_token: closeCodes.token,
  replayed_token: closeCodes.replayed,
  busy: closeCodes.busy,
} as const satisfies Record<Extract<Claim, { ok: false }>['why'], number>;

/** Longest wait for the first message, and for the claim. */
export const START_TIMEOUT_MS = 5_000;

/** What every transport needs. */
export interface TransportDeps {
  /** Turns a session token into a call, once; and once more for each time its line has broken. */
  claim: (token: string) => Promise<Claim>;
  registry: CallRegistry;
  call: SharedCallDeps;
  options: Omit<SessionOptions, 'output'>;
  /** Default `START_TIMEOUT_MS`. */
  startTimeoutMs?: number;
  heartbeatMs?: number;
}
