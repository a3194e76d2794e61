/** A whole intake on real parts: PostgreSQL, Temporal, the Clio and LawPay stand-ins over HTTP, the real workers. */
import { randomBytes } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { google } from '@temporalio/proto';
import { DefaultLogger, NativeConnection, Runtime, type Worker } from '@temporalio/worker';
import pg from 'pg';
import { createBreakerActivities } from '../../src/activities/breaker.js';
import { createClioActivities } from '../../src/activities/clio.js';
import { createGrowActivities } from '../../src/activities/grow.js';
import { createGrowDesk } from '../../src/activities/grow/inbox.js';
import { createIntakeActivities } from '../../src/activities/intake.js';
import { createLawPayActivities } from '../../src/activities/lawpay.js';
import { createReconcileActivities } from '../../src/activities/reconcile.js';
import { createRedriveActivities } from '../../src/activities/redrive.js';
import type { PaceDeps } from '../../src/activities/write-pace.js';
import { connectVendor, openConnection, openTokens } from '../../src/activities/vendor-tokens.js';
import { createCipher } from '../../src/config/cipher.js';
import { withTenant } from '../../src/db/tenant.js';
import { extractFrom } from '../../src/domain/extract/intake.js';
import type { CircuitRules } from '../../src/domain/circuit.js';
import type { FirmProfile } from '../../src/domain/firm.js';
import { callIdFrom, intakeWorkflowId } from '../../src/domain/ids.js';
import type { IntakeRecord } from '../../src/domain/intake.js';
import type { LadderPolicy } from '../../src/domain/ladder.js';
import type { Turn } from '../../src/domain/turn.js';
import { breakerLine, wake } from '../../src/workers/signals.js';
import { tellWrite } from '../../src/workers/redrive-signals.js';
import { askWrite, seenWrites } from '../../src/workers/visibility.js';
import { createWorkers, type WorkersOptions } from '../../src/workers/workers.js';
import {
  callEnded,
  taskQueues,
  turnsRecorded,
  workflowTypes,
  type CallIntakeInput,
} from '../../src/workflows/messages.js';
import { searchAttributes } from '../../src/workflows/search-attributes.js';
import { clioPlaces } from '../../src/domain/clio-regions.js';
import { clioApp } from '../../standins/clio/oauth.js';
import { clioStandin } from '../../standins/clio/server.js';
import { createNoteReconnected } from '../../src/api/reconnected.js';
import { controlOf, type Control } from '../../standins/kit/control.js';
import { startStandin } from '../../standins/kit/standin.js';
import { growStandin } from '../../standins/grow/server.js';
import { lawpayStandin } from '../../standins/lawpay/server.js';
import { registerSearchAttributes } from '../../temporal/search-attributes.js';
import { testDataConverter } from '../support/data-converter.js';
import { eventually } from '../support/eventually.js';
import { silentLogger } from '../support/log.js';
import { allPaces } from '../support/paces.js';
import { freshDatabase, servers } from '../support/servers.js';
import { outgoingParts, type OutgoingTestOptions } from './outgoing-parts.js';
import { testBundle } from '../workflows/time-skipping.js';

export const firm: FirmProfile = {
  tenantId: 'whitfield',
  name: 'Whitfield Law',
  timeZone: 'America/Chicago',
  states: ['TX'],
  practiceAreas: ['personal_injury', 'family'],
  consultationFees: { personal_injury: { amountCents: 15_000, currency: 'USD', account: 'trust' } },
};

/** Short enough for a test, long enough to see every phase. */
export const quickLadder: LadderPolicy = {
  fastAttempts: 3,
  fastInitialMs: 50,
  fastMaxMs: 2_000,
  slowDelaysMs: [100],
  slowWindowMs: 150,
  escalateAfterMs: 60_000,
};

const said = [
  ['agent', 'Thank you for calling Whitfield Law. This call is recorded, is that all right?'],
  ['caller', 'Yes, recording is fine. I was in a car accident and I need a lawyer.'],
  ['agent', 'May I have your full name?'],
  ['caller', 'My name is Dana Whitcomb.'],
  ['agent', 'What is the best number to reach you?'],
  ['caller', '512 555 0142. A delivery truck hit me from behind in Austin, Texas.'],
] as const;

export const turnsOf = (startedAtMs: number): Turn[] =>
  said.map(([role, text], index) => ({
    number: index + 1,
    role,
    text,
    atMs: startedAtMs + index * 1_000,
    input: role === 'agent' ? 'spoken' : 'typed',
  }));

/** Registers a namespace with our search attributes and waits until the server serves it. */
export async function ownNamespace(address: string): Promise<string> {
  const namespace = `intake-${randomBytes(4).toString('hex')}`;
  const connection = await Connection.connect({ address });
  try {
    const workflowExecutionRetentionPeriod = google.protobuf.Duration.fromObject({ seconds: 86_400 });
    await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod });
    await eventually(() => connection.workflowService.describeNamespace({ namespace }), {
      withinMs: 20_000,
      what: 'the namespace is known',
    });
    await eventually(() => registerSearchAttributes(address, namespace, searchAttributes), {
      withinMs: 20_000,
      what: 'the namespace takes our search attributes',
    });
  } finally {
    await connection.close();
  }
  return namespace;
}

export type IntakeStack = Awaited<ReturnType<typeof startIntakeStack>>;

/** A breaker that tests of other things never meet. */
const patient: CircuitRules = { failures: 1_000, probeAfterMs: 30_000, probeMaxMs: 300_000 };

export interface IntakeStackOptions {
  settleMs?: number;
  lawpaySettleMs?: number;
  /** Makes the workers a version of the deployment `hermes`. */
  buildId?: string;
  breaker?: CircuitRules;
  clioPace?: PaceDeps;
  /** Where Clio may report changes. */
  receiver?: string;
  dataConverter?: DataConverter;
  outgoing?: Partial<OutgoingTestOptions>;
  /** In the place of the real extractor. */
  extract?: typeof extractFrom;
}

export async function startIntakeStack(options: IntakeStackOptions = {}) {
  const { dataConverter = testDataConverter, extract = extractFrom } = options;
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const database = await freshDatabase();
  const pool = new pg.Pool({ connectionString: database.appUrl, max: 20 });
  pool.on('error', () => undefined);
  const clio = await startStandin(clioStandin, { port: 0 });
  const lawpay = await startStandin(lawpayStandin, { port: 0 });
  const grow = await startStandin(growStandin, { port: 0 });
  const controls: Record<'clio' | 'grow' | 'lawpay', Control> = {
    clio: controlOf(clio.url),
    grow: controlOf(grow.url),
    lawpay: controlOf(lawpay.url),
  };
  await controls.clio.configure({ rateLimitPerMinute: 10_000 });
  const box = createCipher(randomBytes(32));
  const { tenantId } = firm;
  await withTenant(pool, tenantId, (scope) =>
    scope.query('insert into tenants (tenant_id, profile) values ($1, $2)', [tenantId, JSON.stringify(firm)]),
  );
  const connect = async (expiresAt: Date | null): Promise<void> => {
    const grant = (await controls.clio.post('grant')) as { access_token: string; refresh_token: string };
    await connectVendor(
      { pool, box, tenantId, system: 'clio' },
      {
        baseUrl: clio.url,
        settings: {},
        tokens: { accessToken: grant.access_token, refreshToken: grant.refresh_token },
        expiresAt,
      },
    );
    const partner = (await controls.lawpay.post('grant')) as { access_token: string };
    await connectVendor(
      { pool, box, tenantId, system: 'lawpay' },
      {
        baseUrl: lawpay.url,
        settings: { mode: 'test', unitProof: { unit: 'cents', shownCents: 1_234, by: 'test', atMs: 1 } },
        tokens: { accessToken: partner.access_token },
        expiresAt: null,
      },
    );
  };
  await connect(null);

  const address = servers().temporalAddress;
  // Task queue names are fixed by contract, so a namespace of one's own keeps other test files' workers away.
  const namespace = await ownNamespace(address);
  const native = await NativeConnection.connect({ address });
  const rules = options.breaker ?? patient;
  const fast = { rule: { perMinute: 60_000, burst: 1_000 }, requests: 1 };
  const paces = { ...allPaces(fast), clio: { ...fast, ...options.clioPace } };
  const outgoing = outgoingParts({ pool, box }, { ladder: quickLadder, ...options.outgoing });
  const { alerts, outbox } = outgoing;
  const gate = { logger: silentLogger, alerts, rules, paces, line: breakerLine, outbox };
  const workersOptions: WorkersOptions = {
    connection: native,
    namespace,
    bundlePath: await testBundle(),
    dataConverter,
    activities: {
      core: {
        ...createIntakeActivities({ pool, box, alerts, outbox, extract }),
        ...outgoing.core,
        ...createBreakerActivities({ pool, rules, perMinute: () => 6_000, wake }),
        ...createRedriveActivities({ pool, tell: tellWrite }),
        ...createReconcileActivities({
          ...{ pool, logger: silentLogger, alerts, seen: seenWrites, ask: askWrite },
        }),
      },
      clio: createClioActivities({
        pool,
        box,
        logger: silentLogger,
        gate,
        receiver: options.receiver,
        reconnected: (tenant, system) => createNoteReconnected({ pool, temporal: client })(tenant, system),
        places: clioPlaces({ us: clioApp }, { us: clio.url }),
        timeoutMs: 2_000,
        settleMs: options.settleMs ?? 50,
      }),
      grow: createGrowActivities({ ...{ pool, box, logger: silentLogger, gate }, timeoutMs: 2_000 }),
      lawpay: createLawPayActivities({
        ...{ pool, box, logger: silentLogger, gate, timeoutMs: 2_000 },
        settleMs: options.lawpaySettleMs ?? 100,
        publicUrl: 'http://127.0.0.1:8080',
        pageLifeMs: 3_600_000,
      }),
      ...outgoing.activities(gate),
    },
  };
  let workers: Worker[] = [];
  let running: Promise<unknown> = Promise.resolve();
  const startWorkers = async (buildId?: string): Promise<void> => {
    const deployment = buildId === undefined ? undefined : { name: 'hermes', buildId };
    workers = await createWorkers({ ...workersOptions, deployment });
    running = Promise.all(workers.map((worker) => worker.run()));
  };
  const stopWorkers = async (): Promise<void> => {
    for (const worker of workers) worker.shutdown();
    await running;
  };
  await startWorkers(options.buildId);
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace, dataConverter });

  const place = async (turns: Turn[], startedAtMs: number, more: Partial<CallIntakeInput> = {}) => {
    const callId = callIdFrom(randomBytes(20));
    await withTenant(pool, tenantId, (scope) =>
      scope.query(
        `insert into calls (tenant_id, call_id, token_hash, token_expires_at) values ($1, $2, $3, now())`,
        [tenantId, callId, Buffer.alloc(32)],
      ),
    );
    const input: CallIntakeInput = {
      tenantId,
      callId,
      startedAtMs,
      firm,
      reconnectWindowMs: 60_000,
      idleLimitMs: 1_800_000,
      ladder: quickLadder,
      ...more,
    };
    const handle = await client.workflow.signalWithStart<
      (i: CallIntakeInput) => Promise<IntakeRecord>,
      [Turn[]]
    >(workflowTypes.callIntake, {
      workflowId: intakeWorkflowId(tenantId, callId),
      taskQueue: taskQueues.core,
      args: [input],
      signal: turnsRecorded,
      signalArgs: [turns],
    });
    const atMs = startedAtMs + turns.length * 1_000;
    await handle.signal(callEnded, { reason: 'caller_hangup', atMs, lastTurn: turns.length });
    return { callId, handle };
  };

  return {
    pool,
    client,
    controls,
    lawpayUrl: lawpay.url,
    box,
    tenantId,
    /** Takes the usual call from its first word to its end. */
    call: (more: Partial<CallIntakeInput> = {}) => {
      const startedAtMs = Date.now();
      return place(turnsOf(startedAtMs), startedAtMs, more);
    },
    place,
    connect,
    /** The firm's lead inbox; without it an intake leaves no lead. */
    growDesk: createGrowDesk({ pool, box, hosts: { us: grow.url } }),
    clioUrl: clio.url,
    /** The firm's administrator removes HERMES in Clio. */
    revoke: async (): Promise<void> => {
      const at = { pool, box, tenantId, system: 'clio' } as const;
      const { accessToken } = openTokens(at, await openConnection(at));
      await fetch(`${clio.url}/oauth/deauthorize`, {
        method: 'POST',
        headers: { authorization: `Bearer ${accessToken}` },
        body: new URLSearchParams({ token: accessToken }),
      });
    },
    /** Another version of the workers takes the place of these. */
    restartWorkers: async (buildId: string): Promise<void> => {
      await stopWorkers();
      await startWorkers(buildId);
    },
    close: async (): Promise<void> => {
      await stopWorkers();
      await connection.close();
      await native.close();
      await Promise.all([clio.close(), grow.close(), lawpay.close()]);
      await pool.end();
      await database.drop();
    },
  };
}
