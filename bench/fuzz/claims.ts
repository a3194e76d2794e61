/** Who may call the fuzzed edge: whoever shows a token that it has given out. */
import { createAgent } from '../../src/api/agent.js';
import { demoFirm } from '../../src/cli/up/parts/demo-firm.js';
import type { Claim } from '../../src/voice/transports/transport-deps.js';

const TOKEN = /^fuzz-(\d{1,15})$/;

/** A token opens its call once, a moment later, as a database would say. */
export function claims(onAnswered: () => void): (token: string) => Promise<Claim> {
  const agent = createAgent(demoFirm);
  const used = new Set<string>();
  return async (token) => {
    await new Promise((resolve) => setImmediate(resolve));
    const [, number] = TOKEN.exec(token) ?? [];
    if (number === undefined) return { ok: false, why: 'bad_token' };
    if (used.has(token)) return { ok: false, why: 'replayed_token' };
    used.add(token);
    onAnswered();
    const callId = `call_${number.padStart(20, '0')}`;
    return { ok: true, agent, header: { tenantId: demoFirm.tenantId, callId, startedAtMs: Date.now() } };
  };
}
