/** A worker process from its parts: connects, polls, tells its health, stops cleanly. */
import { Client } from '@temporalio/client';
import { NativeConnection, type Worker } from '@temporalio/worker';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Logger } from '../telemetry/logger.js';
import { serveHealth } from './health.js';
import { createWorkers, type WorkersOptions } from './workers.js';

export interface RunOptions extends Omit<WorkersOptions, 'connection'> {
  temporalAddress: string;
  pool: Pool;
  /** Makes the schedules; tried until Temporal takes them. */
  schedules: (client: Client) => Promise<void>;
  health: { host: string; port: number };
  logger: Logger;
  /** Aborts when the process is told to stop. */
  stop: AbortSignal;
}

const CONNECT_RETRY_MS = 1_000;
const SCHEDULES_DEADLINE_MS = 10_000;
const SCHEDULES_RETRY_MS = 30_000;

/**
 * Runs until `stop` aborts. While Temporal is away the workers keep polling by themselves.
 * @throws when a worker fails for good; the process should then exit so that its supervisor starts it anew.
 */
export async function runWorkers(options: RunOptions): Promise<void> {
  const { logger, pool, stop } = options;
  const connection = await connect(options);
  if (!connection) return;
  let workers: Worker[] = [];
  const health = await serveHealth(options.health.host, options.health.port, {
    workers: () => workers.length > 0 && workers.every((worker) => worker.getState() === 'RUNNING'),
    database: async () => (await pool.query('select 1')).rowCount === 1,
    temporal: async () => {
      await connection.withDeadline(Date.now() + 2_000, () => connection.workflowService.getSystemInfo({}));
      return true;
    },
  });
  try {
    workers = await createWorkers({ ...options, connection });
    const running = Promise.all(workers.map((worker) => worker.run()));
    stop.addEventListener('abort', () => shutDown(workers), { once: true });
    if (stop.aborted) shutDown(workers);
    void keepTrying(
      options,
      new Client({ connection, namespace: options.namespace, dataConverter: options.dataConverter }),
    );
    logger.info({ event: 'ready', healthPort: health.port }, 'the worker is polling');
    // One that fails takes the others down with it: half a worker would look healthy from outside.
    await running.catch(async (error: unknown) => {
      shutDown(workers);
      await Promise.allSettled(workers.map((worker) => stopped(worker)));
      throw error;
    });
  } finally {
    await health.close();
    await connection.close();
  }
}

/** Schedules are made beside the work: a worker without them is better than none. */
async function keepTrying({ schedules, logger, stop }: RunOptions, client: Client): Promise<void> {
  while (!stop.aborted) {
    try {
      await client.withDeadline(Date.now() + SCHEDULES_DEADLINE_MS, () => schedules(client));
      return;
    } catch (err) {
      logger.warn({ err }, 'the schedules could not be made; trying again');
      await sleep(SCHEDULES_RETRY_MS, undefined, { signal: stop }).catch(() => undefined);
    }
  }
}

/** @returns undefined when told to stop before Temporal was there. */
async function connect({ temporalAddress, logger, stop }: RunOptions): Promise<NativeConnection | undefined> {
  for (let attempt = 1; ; attempt++) {
    if (stop.aborted) return undefined;
    try {
      return await NativeConnection.connect({ address: temporalAddress });
    } catch (err) {
      logger.info({ err, attempt }, 'waiting for Temporal');
      await sleep(CONNECT_RETRY_MS, undefined, { signal: stop }).catch(() => undefined);
    }
  }
}

function shutDown(workers: readonly Worker[]): void {
  for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
}

/** Waits for the end of a worker whose `run()` is awaited elsewhere. */
async function stopped(worker: Worker): Promise<void> {
  while (worker.getState() !== 'STOPPED' && worker.getState() !== 'FAILED') await sleep(50);
}
