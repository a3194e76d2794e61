/** How the wanted writes begin: a fifth as whole calls by the edge's own way into the intake, the others one by one. */
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { createCallFirms } from '../../src/api/call-firms.js';
import { ladderOf } from '../../src/api/edge-options.js';
import { createIntakeSink } from '../../src/api/intake-sink.js';
import { claimCall, createCall } from '../../src/db/calls.js';
import type { CallId } from '../../src/domain/ids.js';
import type { Turn } from '../../src/domain/turn.js';
import { createLogger } from '../../src/telemetry/logger.js';
import type { JournalEvent } from '../../src/voice/ports.js';
import { startOnce } from '../../src/workflows/start-once.js';
import type { DirectIntent, Plan } from './intents.js';
import type { ChaosSite } from './site.js';

/** Starts at once; more would only queue in the server. */
const AT_ONCE = 20;
/** A start that meets a dead server is made again, as the journal does with what it delivers. */
const AGAIN_MS = 500;
const GIVE_UP_MS = 120_000;

/** Starts a write as everything in the product starts one. @returns its workflow id. */
export async function startWrite(
  { temporal, config }: ChaosSite,
  intent: DirectIntent,
  parents: readonly number[],
): Promise<string> {
  const request = intent.request(parents);
  // A start whose answer was lost is met again.
  await startOnce(temporal, { request, ladder: ladderOf(config) });
  return intent.workflowId;
}

/** Starts everything, calls and single writes in turn. Temporal may be away in between. */
export async function startAll(
  site: ChaosSite,
  plan: Plan,
  parents: readonly number[],
  stop: AbortSignal,
): Promise<void> {
  const placeCall = callsBy(site);
  const every = Math.max(1, Math.round(plan.direct.length / Math.max(1, plan.calls.length)));
  const calls = [...plan.calls];
  const work = plan.direct.flatMap((intent, i) => {
    const call = i % every === 0 ? calls.shift() : undefined;
    const write = () => startWrite(site, intent, parents);
    return call ? [() => placeCall(call.callId, call.name), write] : [write];
  });
  work.push(...calls.map((call) => () => placeCall(call.callId, call.name)));
  const queue = work.values();
  const drain = async (): Promise<void> => {
    for (const begin of queue) await insist(begin, stop);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, drain));
}

async function insist(begin: () => Promise<unknown>, stop: AbortSignal): Promise<void> {
  const untilMs = Date.now() + GIVE_UP_MS;
  for (;;) {
    stop.throwIfAborted();
    try {
      await begin();
      return;
    } catch (error) {
      if (Date.now() > untilMs) throw error;
      await pause(AGAIN_MS);
    }
  }
}

/** A finished call, handed over as the journal hands it over. */
function callsBy({ pool, temporal, tenantId, config }: ChaosSite) {
  const sink = createIntakeSink({
    ...{ temporal, pool, firms: createCallFirms(pool), logger: createLogger('error', 'chaos') },
    ...{ reconnectWindowMs: 1_000, idleLimitMs: config.HERMES_IDLE_LIMIT_MS, ladder: ladderOf(config) },
  });
  const claimed = new Set<CallId>();
  return async (callId: CallId, name: string): Promise<void> => {
    const startedAtMs = Date.now();
    if (!claimed.has(callId)) {
      const tokenHash = randomBytes(32);
      await createCall(pool, {
        ...{ tenantId, callId, transport: 'native', tokenHash },
        tokenExpiresAtMs: startedAtMs + 60_000,
      });
      await claimCall(pool, tenantId, tokenHash);
      claimed.add(callId);
    }
    await sink.deliver({ tenantId, callId, startedAtMs }, eventsOf(name, startedAtMs));
  };
}

function eventsOf(name: string, startedAtMs: number): JournalEvent[] {
  const said = [
    ['agent', 'Thank you for calling. This call is recorded, is that all right?'],
    ['caller', 'Yes, recording is fine. I was in a car accident and I need a lawyer.'],
    ['agent', 'May I have your full name?'],
    ['caller', `My name is ${name}.`],
    ['agent', 'What is the best number to reach you?'],
    ['caller', '512 555 0142. A delivery truck hit me from behind in Austin, Texas.'],
  ] as const;
  const turns = said.map(([role, text], i): Turn => ({
    ...{ number: i + 1, role, text, atMs: startedAtMs + i * 1_000 },
    input: role === 'agent' ? 'spoken' : 'typed',
  }));
  const atMs = startedAtMs + turns.length * 1_000;
  return [
    ...turns.map((turn): JournalEvent => ({ kind: 'turn', turn })),
    { kind: 'ended', reason: 'caller_hangup', atMs, lastTurn: turns.length },
  ];
}
