/** What is put through it: the real stack on free ports, with a second worker so that one is left when one is killed. */
import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { Pool } from 'pg';
import { controlOf, type Control } from '../../standins/kit/control.js';
import { type Ask, createAsk } from '../../src/cli/operator/ask.js';
import { demoFirm } from '../../src/cli/up/parts/demo-firm.js';
import { createCrew } from '../../src/cli/up/processes/crew.js';
import { freePorts } from '../../src/cli/up/processes/ports.js';
import type { Service } from '../../src/cli/up/processes/service.js';
import type { Progress } from '../../src/cli/up/progress.js';
import { startStack, type Stack } from '../../src/cli/up/stack.js';
import { createDataConverter } from '../../src/codec/data-converter.js';
import { loadConfig } from '../../src/config/load.js';
import type { Config } from '../../src/config/schema.js';
import { openPool } from '../../src/db/pool.js';
import { createLogger } from '../../src/telemetry/logger.js';
import { TIMEOUT_MS, type Vendor } from './fates.js';

export interface ChaosSite {
  tenantId: string;
  config: Config;
  ask: Ask;
  /** As the application. */
  pool: Pool;
  temporal: Client;
  vendors: Record<Vendor, Control>;
  stack: Stack;
  secondWorker: Service;
  close(): Promise<void>;
}

/** Requests a minute that the stand-in for Clio takes; LawPay's has no limit, and ours is what counts there. */
export const RATE_PER_MINUTE = 3_000;

/** A day's ladder in seconds. Whatever limits us otherwise is out of the way; the vendors' pace is not. */
const settings = {
  HERMES_STT: 'none',
  HERMES_TTS: 'none',
  HERMES_RATE_PER_ADDRESS: '1000000',
  HERMES_RATE_PER_TENANT: '1000000',
  HERMES_RECONCILE_MS: '20000',
  HERMES_WRITE_FAST_ATTEMPTS: '3',
  HERMES_WRITE_FAST_INITIAL_MS: '500',
  HERMES_WRITE_FAST_MAX_MS: '2000',
  HERMES_WRITE_SLOW_DELAYS_MS: '1000,2000,4000',
  HERMES_WRITE_SLOW_WINDOW_MS: '15000',
  HERMES_BREAKER_PROBE_MS: '1000',
  HERMES_BREAKER_PROBE_MAX_MS: '4000',
  CLIO_TIMEOUT_MS: String(TIMEOUT_MS),
  LAWPAY_TIMEOUT_MS: String(TIMEOUT_MS),
  CLIO_SETTLE_MS: '1000',
  CLIO_RATE_PER_MINUTE: String(RATE_PER_MINUTE),
  CLIO_RATE_BURST: '100',
  LAWPAY_RATE_PER_MINUTE: String(RATE_PER_MINUTE),
  LAWPAY_RATE_BURST: '100',
  LOG_LEVEL: 'error',
};
/** Reading a long ledger takes a while on a busy machine. */
const CONTROL_TIMEOUT_MS = 60_000;

/** @throws what `startStack` throws; nothing is left behind then. */
export async function openSite(progress: Progress, signal: AbortSignal): Promise<ChaosSite> {
  const directory = await mkdtemp(join(tmpdir(), 'hermes-chaos-'));
  await chmod(directory, 0o711); // root lends the database another account, which must get through
  const undo: (() => Promise<unknown>)[] = [() => rm(directory, { recursive: true, force: true })];
  const close = async (): Promise<void> => {
    for (const step of undo.splice(0).toReversed()) await step();
  };
  try {
    const env = { ...process.env, ...settings };
    const stack = await startStack({ env, dataDir: directory, ports: 'ephemeral', progress, signal });
    undo.push(() => stack.stop());
    const { clio, lawpay } = stack.addresses.standins;
    const config = loadConfig(stack.env);
    const { HERMES_PAYLOAD_KEYS: keys, TEMPORAL_NAMESPACE: namespace } = config;
    if (!stack.token || !clio || !lawpay || keys === undefined)
      throw new Error('The run needs the embedded keys and stand-ins; unset HERMES_JWKS and CLIO settings.');
    const vendors = {
      clio: controlOf(clio, CONTROL_TIMEOUT_MS),
      lawpay: controlOf(lawpay, CONTROL_TIMEOUT_MS),
    };
    await vendors.clio.configure({ rateLimitPerMinute: RATE_PER_MINUTE });
    const crew = createCrew(join(directory, 'logs'), [['worker-2']], progress.note);
    undo.push(() => crew.disband());
    const secondWorker = await startSecondWorker(crew, stack);
    const connection = await Connection.connect({ address: stack.addresses.temporal });
    undo.push(() => connection.close());
    const pool = openPool(stack.addresses.database.app, 10, () => undefined);
    undo.push(() => pool.end());
    const dataConverter = createDataConverter(keys, createLogger('error', 'chaos'));
    return {
      ...{ config, pool, vendors, stack, secondWorker, close, tenantId: demoFirm.tenantId },
      ask: createAsk(stack.addresses.api, readFileSync(stack.token.file, 'utf8').trim()),
      temporal: new Client({ connection, namespace, dataConverter }),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startSecondWorker(crew: ReturnType<typeof createCrew>, stack: Stack): Promise<Service> {
  const [port = 0] = await freePorts('127.0.0.1', 1);
  return crew.engage({
    spec: {
      name: 'worker-2',
      command: process.execPath,
      args: ['--import', 'tsx', 'src/workers/main.ts'],
      cwd: join(import.meta.dirname, '..', '..'),
      env: { ...stack.env, HERMES_WORKER_PORT: String(port) },
      stopSignal: 'SIGTERM',
    },
    ready: (_child, signal) => polls(`http://127.0.0.1:${port}/readyz`, signal),
    readyWithinMs: 60_000,
    graceMs: 2_500,
  });
}

async function polls(url: string, signal: AbortSignal): Promise<void> {
  for (let isReady = false; !isReady;) {
    signal.throwIfAborted();
    isReady = await fetch(url, { signal: AbortSignal.timeout(3_000) }).then(
      ({ ok }) => ok,
      () => false,
    );
    if (!isReady) await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
