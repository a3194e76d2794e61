import type { AddressInfo } from 'node:net';
import { fastify, type FastifyInstance } from 'fastify';
import type { z } from 'zod';
import type { Logger } from '../../src/telemetry/logger.js';
import { createClock, type Clock } from './clock.js';
import { controlRoutes } from './control-routes.js';
import { createFaults } from './fault-book.js';
import { installFaultHooks } from './fault-hooks.js';
import type { ErrorBody, Faults } from './faults.js';
import { acceptForms } from './forms.js';
import { createLedger, type Ledger } from './ledger.js';
import { liveSettings } from './live-settings.js';
import { openRecordFile } from './record-file.js';

/** What a stand-in's routes are given. */
export interface StandinKit<Settings extends object> {
  /** Record every change here; read `living(kind)` at start to take up where an earlier run left off. */
  ledger: Ledger;
  /** Only needed for what HTTP hooks cannot reach: upgrades and streams. */
  faults: Faults;
  clock: Clock;
  /** Live: read the field at the moment of use. */
  settings: Settings;
  /** Called on `POST /__control/reset`, after the ledger was emptied. */
  onReset(restore: () => void): void;
}

/** One stand-in: its name, its settings (every field with a default) and its routes. */
export interface StandinDefinition<Schema extends z.ZodObject = z.ZodObject> {
  name: string;
  settings: Schema;
  /** Shape of injected errors; default `{error: message}`. */
  errorBody?: ErrorBody;
  register(app: FastifyInstance, kit: StandinKit<z.output<Schema>>): void | Promise<void>;
}

export interface StandinOptions {
  /** 0 = any free port. */
  port: number;
  /** Default loopback. */
  host?: string;
  /** File in which records survive a restart. */
  stateFile?: string;
  logger?: Logger;
}

export interface RunningStandin {
  /** Origin, without a trailing slash. */
  url: string;
  port: number;
  /** Drops open connections, closes the state file. */
  close(): Promise<void>;
}

/**
 * Starts a stand-in with its control endpoint.
 * @throws Error `EADDRINUSE` when the port is taken; what `openRecordFile` throws.
 */
export async function startStandin<Schema extends z.ZodObject>(
  definition: StandinDefinition<Schema>,
  options: StandinOptions,
): Promise<RunningStandin> {
  const clock = createClock();
  const file = options.stateFile === undefined ? undefined : openRecordFile(options.stateFile);
  const ledger = createLedger(clock.nowMs, file);
  const faults = createFaults();
  const settings = liveSettings(definition.settings);
  const restores: (() => void)[] = [];
  const errorBody: ErrorBody = definition.errorBody ?? ((_status, message) => ({ error: message }));

  const app = createApp(errorBody, options.logger);
  app.addHook('onClose', () => file?.close());
  installFaultHooks(app, { ledger, faults, errorBody });
  const reset = () => {
    ledger.clear();
    faults.clear();
    clock.reset();
    settings.restore();
    for (const restore of restores) restore();
  };
  const onReset = (restore: () => void) => void restores.push(restore);
  const kit = { ledger, faults, clock, settings: settings.live, onReset };

  try {
    await app.register(controlRoutes({ ledger, faults, clock, settings, reset }), { prefix: '/__control' });
    // Its own scope, so that it may set its own error handler; what that throws comes back to the one above.
    await app.register(async (scope) => {
      await definition.register(scope, kit);
    });
    const host = options.host ?? '127.0.0.1';
    await app.listen({ port: options.port, host });
    const { port } = app.server.address() as AddressInfo;
    options.logger?.info({ standin: definition.name, port }, 'stand-in listens');
    return { url: `http://${host}:${port}`, port, close: () => app.close() };
  } catch (error) {
    await app.close();
    throw error;
  }
}

function createApp(errorBody: ErrorBody, logger: Logger | undefined): FastifyInstance {
  const app = fastify({ forceCloseConnections: true, routerOptions: { maxParamLength: 500 } });
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) logger?.error({ err: error }, 'stand-in route failed');
    return reply.code(status).send(errorBody(status, error.message));
  });
  acceptForms(app);
  return app;
}
