import type { CallHeader } from '../../ports.js';
import type { ConversationAgent } from '../../session/agent-port.js';
import type { SharedCallDeps } from '../../session/call-deps.js';
import type { SessionOptions } from '../../session/options.js';
import type { CallRegistry } from '../../session/registry.js';

/** What a token stands for. */
export type Claim =
  | { ok: true; header: CallHeader; agent: ConversationAgent }
  | { ok: false; why: 'bad_token' | 'replayed_token' | 'busy' };

export interface NativeDeps {
  /** Turns a session token into a call, once. */
  claim: (token: string) => Promise<Claim>;
  registry: CallRegistry;
  call: SharedCallDeps;
  options: Omit<SessionOptions, 'output'>;
  /** Longest wait for `start`, and for the claim. Default 5 s. */
  startTimeoutMs?: number;
  heartbeatMs?: number;
}
