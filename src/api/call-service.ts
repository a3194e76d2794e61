import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import type { Pool } from 'pg';
import type { Cipher } from '../config/cipher.js';
import type { Config } from '../config/schema.js';
import { endCall } from '../db/calls.js';
import { keepWhisper } from '../db/whispers.js';
import type { FirmProfile } from '../domain/firm.js';
import type { LoadLevel } from '../domain/overload.js';
import type { Logger } from '../telemetry/logger.js';
import { createVad, loadVad } from '../voice/audio/vad.js';
import { type JournalDeps, openJournal, type OpenJournal } from '../voice/journal/journal.js';
import type { TimingSink } from '../voice/ports.js';
import type { CircuitView } from '../voice/providers/resilience/circuit.js';
import type { Recorder } from '../voice/recording/recorder.js';
import type { ConversationAgent } from '../voice/session/agent-port.js';
import { type CallRegistry, createCallRegistry } from '../voice/session/registry.js';
import { createNativeTransport } from '../voice/transports/native/native-transport.js';
import type { TransportDeps } from '../voice/transports/transport-deps.js';
import {
  openRealtimeTransport,
  type RealtimeTransport,
} from '../voice/transports/realtime/realtime-transport.js';
import { openTwilioTransport } from '../voice/transports/twilio/twilio-transport.js';
import type { Transport } from '../voice/transports/upgrades.js';
import { createAgent, createUnrecordedAgent, mayBeSpoken } from './agent.js';
import { createCallFirms } from './call-firms.js';
import { keepCallLeases } from './call-leases.js';
import { ladderOf, sessionOptionsOf } from './edge-options.js';
import { createIntakeSink } from './intake-sink.js';
import { createProviders, type ProviderChoice } from './providers.js';
import { watchOverload } from './overload-gauge.js';
import { isFinished } from './routes/twilio.js';
import { openRecordings } from './recording-service.js';
import type { Closing } from './shutdown.js';
import { createClaim } from './voice-claim.js';

export interface CallServiceDeps {
  config: Config;
  pool: Pool;
  temporal: Client;
  logger: Logger;
  timing: TimingSink;
  providers: ProviderChoice;
  seal: Pick<JournalDeps, 'seal' | 'open'>;
  cipher: Cipher;
  closing: Closing;
}

/** The half of the edge that talks. */
export interface CallService {
  registry: CallRegistry;
  journal: OpenJournal;
  native: Transport;
  twilio: Transport;
  realtime: RealtimeTransport;
  /** Undefined where nothing is recorded. */
  recordings: Recorder | undefined;
  /** Who hears, words and speaks; null where nobody does. */
  engines: { stt: string | null; llm: string; tts: string | null };
  /** How the servers behind them do. */
  circuits: () => CircuitView[];
  /** How hard pressed the process is. */
  load: () => LoadLevel;
}

/** WebRTC's "aggressive": hears soft speech on a telephone line and leaves out most of its noise. */
const VAD_MODE = 2;

/**
 * Opens engines and journal, takes up what an earlier process left, and makes the transports.
 * @throws what `openJournal` throws: another edge has the directory, or the key is another.
 */
export async function openCallService(deps: CallServiceDeps): Promise<CallService> {
  const { config, pool, logger, closing } = deps;
  const [resilient] = await Promise.all([createProviders(deps.providers), loadVad()]);
  const { providers, phrases } = resilient;
  closing.add('providers', 500, () => resilient.close());
  const firms = createCallFirms(pool);
  const sink = createIntakeSink({
    temporal: deps.temporal,
    pool,
    firms,
    logger,
    ladder: ladderOf(config),
    reconnectWindowMs: config.HERMES_RECONNECT_WINDOW_MS,
    idleLimitMs: config.HERMES_IDLE_LIMIT_MS,
  });
  const directory = join(config.HERMES_DATA_DIR, 'journal');
  const journal = await openJournal({ directory, ...deps.seal, sink, logger, epochMs: Date.now });
  closing.add('journal', 2_100, () => journal.close(2_000));
  const recordings = await openRecordings(deps);
  const overload = watchOverload(logger);
  closing.add('overload', 10, () => Promise.resolve().then(overload.close));
  const registry = createCallRegistry({ maxCalls: config.HERMES_MAX_CALLS });
  const leases = keepCallLeases({ pool, registry, logger });
  closing.add('leases', 100, () => leases.close());
  const agentFor = (firm: FirmProfile): ConversationAgent => {
    const agent = recordings ? createAgent(firm) : createUnrecordedAgent(firm);
    phrases?.learn(agent.greeting().act.template);
    return agent;
  };
  const claim = createClaim({ pool, registry, firms, agentFor });
  const transportDeps: TransportDeps = {
    claim: leases.watching((token) => claim(token)),
    registry,
    options: sessionOptionsOf(config),
    call: {
      providers,
      journal,
      logger,
      timing: overload.watching(deps.timing),
      ...(recordings && { recorder: recordings }),
      createVad: () => createVad({ mode: VAD_MODE }),
      filter: mayBeSpoken,
      mayPrepareEarly: () => config.HERMES_EAGER_START && overload.mayPrepareEarly(),
      mayRecord: overload.mayRecord,
      spare: phrases ?? undefined,
      nowMs: () => performance.now(),
      epochMs: Date.now,
    },
  };
  const native = createNativeTransport(transportDeps);
  const realtime = await openRealtimeTransport({
    ...transportDeps,
    claim: leases.watching((token) => claim(token, 'realtime')),
  });
  const twilio = await openTwilioTransport({
    ...transportDeps,
    onEnded: async ({ tenantId, callId }, reason, whisper) => {
      if (whisper !== undefined) await keepWhisper(pool, tenantId, callId, whisper);
      if (isFinished(reason) || reason === 'transferred')
        await endCall(pool, tenantId, callId, { reason, atMs: Date.now() });
    },
  });
  const engines = {
    stt: providers.stt?.name ?? null,
    llm: providers.llm.name,
    tts: providers.tts?.name ?? null,
  };
  const circuits = (): CircuitView[] => resilient.circuits();
  return { registry, journal, native, twilio, realtime, recordings, engines, circuits, load: overload.level };
}
