/** The redrive workflow with its real activities and database; the writes it tells are rows that answer as a test wants. */
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { Pool } from 'pg';
import { createRedriveActivities, type RedriveDeps } from '../../../src/activities/redrive.js';
import { createRedriveDesk, type NewRedrive } from '../../../src/api/dead-letters/redrive-desk.js';
import { openPool } from '../../../src/db/pool.js';
import { findRedrive } from '../../../src/db/redrive.js';
import { itemsByState } from '../../../src/db/redrive-items.js';
import { withTenant } from '../../../src/db/tenant.js';
import { taskQueues } from '../../../src/workflows/messages.js';
import { twoFirms } from '../../db/support/firm.js';
import { testDataConverter } from '../../support/data-converter.js';
import { eventually } from '../../support/eventually.js';
import { silentLogger } from '../../support/log.js';
import { freshDatabase, servers } from '../../support/servers.js';
import { ownNamespace } from '../../workers/intake-stack.js';
import { testBundle } from '../time-skipping.js';

export const TENANT = 'firm-a';

/** How a write answers when it is told to try again. */
export type Answer = 'lands' | 'parks again' | 'is gone' | 'stays silent' | 'fails once';

export interface Told {
  workflowId: string;
  atMs: number;
}

export type RedriveKit = Awaited<ReturnType<typeof startRedriveKit>>;

export async function startRedriveKit() {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const database = await freshDatabase();
  const pool = openPool(database.appUrl, 10, () => undefined);
  await twoFirms(pool);
  const address = servers().temporalAddress;
  const namespace = await ownNamespace(address);
  const native = await NativeConnection.connect({ address });
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace, dataConverter: testDataConverter });
  const told: Told[] = [];
  const answers = new Map<string, Answer>();
  const desk = createRedriveDesk({ pool, temporal: client, logger: silentLogger });
  const worker = async (tell: RedriveDeps['tell']): Promise<Worker> =>
    Worker.create({
      connection: native,
      namespace,
      dataConverter: testDataConverter,
      taskQueue: taskQueues.core,
      workflowBundle: { codePath: await testBundle() },
      activities: createRedriveActivities({ pool, tell }),
      shutdownForceTime: '500 ms',
    });

  const tell: RedriveDeps['tell'] = async (workflowId) => {
    const answer = answers.get(workflowId) ?? 'lands';
    if (answer === 'fails once') {
      answers.delete(workflowId);
      throw new Error('Temporal is away');
    }
    told.push({ workflowId, atMs: Date.now() });
    if (answer === 'is gone') return false;
    if (answer !== 'stays silent') await move(pool, workflowId, answer === 'lands' ? 'done' : 'parked');
    return true;
  };

  return {
    ...{ pool, client, desk, told, answers, worker, tell },
    /** Parks so many writes of one call. @returns their workflow ids, longest parked first. */
    park: (callId: string, count: number): Promise<string[]> => park(pool, callId, count),
    /** Starts a job on the writes of one call. */
    start: (callId: string, job: Partial<NewRedrive> = {}) =>
      desk.start({
        ...{ tenantId: TENANT, actor: 'pat', reason: 'Clio is back' },
        ...{ name: `job for ${callId}`, filter: { callId } },
        ...{ ratePerSecond: null, budget: null, canary: 0, ramp: false },
        ...job,
      }),
    order: (jobId: string, order: Parameters<typeof desk.order>[2]) => desk.order(TENANT, jobId, order),
    job: (jobId: string) =>
      withTenant(pool, TENANT, async (scope) => ({
        ...(await findRedrive(scope, TENANT, jobId)),
        items: await itemsByState(scope, TENANT, jobId),
      })),
    inState: async (jobId: string, state: string): Promise<void> => {
      await eventually(
        async () =>
          (await withTenant(pool, TENANT, (scope) => findRedrive(scope, TENANT, jobId)))?.state === state,
        { withinMs: 20_000, what: `${jobId} is ${state}` },
      );
    },
    close: async (): Promise<void> => {
      await connection.close();
      await native.close();
      await pool.end();
      await database.drop();
    },
  };
}

async function park(pool: Pool, callId: string, count: number): Promise<string[]> {
  return withTenant(pool, TENANT, async (scope) => {
    const { rows } = await scope.query<{ workflow_id: string }>(
      `insert into writes (tenant_id, workflow_id, call_id, system, operation, priority, state, error_class, parked_at)
       select $1, 'op:' || $1 || ':clio:' || $2 || '.' || to_char(i, 'FM00000'), $2, 'clio', 'clio.matter.create', 'LOW',
              'parked', 'unavailable', now() + i * interval '1 ms'
         from generate_series(1, $3::int) i returning workflow_id`,
      [TENANT, callId, count],
    );
    return rows.map((row) => row.workflow_id);
  });
}

/** As the projection shows a write that was told and has tried; a second order of the same job changes nothing. */
const move = (pool: Pool, workflowId: string, state: 'done' | 'parked'): Promise<unknown> =>
  withTenant(pool, TENANT, (scope) =>
    scope.query(
      `update writes set state = $2, revision = revision + 1, attempts = attempts + 1
        where workflow_id = $1 and state = 'parked' and revision = 0`,
      [workflowId, state],
    ),
  );
