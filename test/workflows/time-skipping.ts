/** The time-skipping server with a worker on every task queue and activities a test scripts. */
import { join } from 'node:path';
import { temporal } from '@temporalio/proto';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { ApplicationFailure } from '@temporalio/common';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import type {
  BreakerActivities,
  ConflictActivities,
  IntakeActivities,
  PerformedWrite,
  PerformWriteInput,
  WriteActivities,
} from '../../src/activities/contracts.js';
import type { ErrorClass } from '../../src/domain/failures.js';
import { taskQueues } from '../../src/workflows/messages.js';
import { searchAttributes } from '../../src/workflows/search-attributes.js';
import { provideWorkflowBundle } from '../../src/workers/bundle.js';
import { testDataConverter } from '../support/data-converter.js';
import { silentLogger } from '../support/log.js';
import { servers } from '../support/servers.js';

const root = join(__dirname, '..', '..');

/** Bundle of the current sources, shared by all test files. */
export const testBundle = (): Promise<string> =>
  provideWorkflowBundle({
    sourceDir: join(root, 'src'),
    // Not in node_modules, which several work trees may share: each keeps one bundle and removes the others.
    cacheDir: join(root, '.hermes', 'test-cache'),
    logger: silentLogger,
  });

/** The breaker's only where a test meets one. */
export type ScriptedActivities = WriteActivities &
  ConflictActivities &
  IntakeActivities &
  Partial<BreakerActivities>;

export interface TimeSkipping {
  env: TestWorkflowEnvironment;
  /** Runs `work` with workers that serve these activities on all queues. */
  withActivities<T>(activities: Partial<ScriptedActivities>, work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export async function startTimeSkipping(): Promise<TimeSkipping> {
  const codePath = await testBundle();
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: 'OFF', forward: {} } },
  });
  const dataConverter = testDataConverter;
  const env = await TestWorkflowEnvironment.createTimeSkipping({
    client: { dataConverter },
    server: { executable: { type: 'existing-path', path: servers().testServerPath } },
  });
  await env.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: Object.fromEntries(
      Object.entries(searchAttributes).map(([name, type]) => [
        name,
        temporal.api.enums.v1.IndexedValueType[`INDEXED_VALUE_TYPE_${type}`],
      ]),
    ),
  });
  return {
    env,
    withActivities: async (activities, work) => {
      const base = {
        connection: env.nativeConnection,
        namespace: 'default',
        activities,
        dataConverter,
        shutdownForceTime: '2 s',
      };
      const workers = await Promise.all(
        Object.values(taskQueues).map((taskQueue) =>
          Worker.create({
            ...base,
            taskQueue,
            ...(taskQueue === taskQueues.core && { workflowBundle: { codePath } }),
          }),
        ),
      );
      const runs = workers.map((worker) => worker.run());
      try {
        return await work();
      } finally {
        for (const worker of workers) worker.shutdown();
        await Promise.all(runs);
      }
    },
    close: () => env.teardown(),
  };
}

/** How a scripted attempt ends. */
export type Attempt = 'land' | ErrorClass | { errorClass: ErrorClass; retryAfterMs: number };

/**
 * A `performWrite` that plays a script, one entry per attempt; the last entry repeats. `inputs` holds what it was given.
 */
export function scriptedWrite(...script: Attempt[]) {
  const inputs: PerformWriteInput[] = [];
  const performWrite = (input: PerformWriteInput): Promise<PerformedWrite> => {
    const step = script[Math.min(inputs.length, script.length - 1)] ?? 'land';
    inputs.push(input);
    if (step === 'land')
      return Promise.resolve({
        receipt: { externalId: '7001', landedBy: 'created', atMs: 0 },
        attempts: inputs.length,
      });
    const { errorClass, ...rest } = typeof step === 'string' ? { errorClass: step } : step;
    throw ApplicationFailure.create({
      type: errorClass,
      message: `scripted ${errorClass}`,
      nonRetryable:
        ['invalid', 'conflict', 'auth', 'internal'].includes(errorClass) || 'retryAfterMs' in rest,
      details: [{ attempt: 1, ...rest }],
    });
  };
  return { performWrite, inputs };
}
