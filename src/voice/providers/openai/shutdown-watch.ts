/** Warns in time of models that their server is about to take away: `shutdown_date` of `GET /models`. */
import { z } from 'zod';
import type { Logger } from '../../../telemetry/logger.js';
import type { ProviderError } from '../../ports.js';
import { openConnection, type Endpoint } from './connection.js';
import { toProviderError } from './failure.js';

/** A model that calls depend on. */
export interface WatchedModel extends Endpoint {
  stage: ProviderError['stage'];
  model: string;
}

/** One that will be gone, or is. */
export interface ModelShutdown {
  stage: ProviderError['stage'];
  model: string;
  /** Day in UTC, YYYY-MM-DD. */
  shutdownDate: string;
  /** Whole days until then, negative afterwards. */
  daysLeft: number;
}

export interface ShutdownWatchOptions {
  models: readonly WatchedModel[];
  logger: Logger;
  /** Milliseconds since the epoch. */
  nowMs: () => number;
  /** From one look to the next, in milliseconds. */
  everyMs?: number;
  /** From a look that failed to the next, in milliseconds. */
  againMs?: number;
}

export interface ShutdownWatch {
  /** What the last looks found within `WARN_DAYS`, the nearest first. */
  upcoming(): readonly ModelShutdown[];
  close(): Promise<void>;
}

/** To choose another model, try it on calls and change it in every place takes a firm's operator weeks, not days. */
export const WARN_DAYS = 60;
const DAY_MS = 24 * 3_600_000;
const HOUR_MS = 3_600_000;
/** Nobody waits for it. */
const TIMEOUT_MS = 15_000;

/** Self-hosted servers tell no such date, and some have other fields: those models are not warned of. */
const Models = z.object({
  data: z.array(z.looseObject({ id: z.string(), shutdown_date: z.iso.date().nullish().catch(null) })),
});

/** Looks now, and then every day. A list that cannot be had is asked for again in an hour and concerns no call. */
export function watchShutdowns(options: ShutdownWatchOptions): ShutdownWatch {
  const { logger, nowMs, everyMs = DAY_MS, againMs = HOUR_MS } = options;
  const closing = new AbortController();
  const watches = serversOf(options.models).map((models) => {
    let found: readonly ModelShutdown[] = [];
    let timer: NodeJS.Timeout | undefined;
    const look = async (): Promise<void> => {
      let waitMs = everyMs;
      try {
        found = await upcomingOf(models, nowMs(), closing.signal);
        for (const shutdown of found) warn(logger, shutdown);
      } catch (error) {
        if (closing.signal.aborted) return;
        const { kind, message } = toProviderError(models[0].stage, error);
        logger.info({ kind, reason: message }, 'the list of models could not be read');
        waitMs = againMs;
      }
      if (closing.signal.aborted) return;
      timer = setTimeout(() => {
        looking = look();
      }, waitMs).unref();
    };
    let looking = look();
    return {
      found: () => found,
      ended: () => {
        clearTimeout(timer);
        return looking;
      },
    };
  });
  return {
    upcoming: () => watches.flatMap(({ found }) => found()).sort((a, b) => a.daysLeft - b.daysLeft),
    async close() {
      closing.abort();
      await Promise.all(watches.map(({ ended }) => ended()));
    },
  };
}

type Served = [WatchedModel, ...WatchedModel[]];

/** One list for all models behind one address and key. */
function serversOf(models: readonly WatchedModel[]): Served[] {
  const servers = new Map<string, Served>();
  for (const model of models) {
    const server = JSON.stringify([model.baseUrl, model.apiKey]);
    const known = servers.get(server);
    if (known) known.push(model);
    else servers.set(server, [model]);
  }
  return [...servers.values()];
}

function warn(logger: Logger, shutdown: ModelShutdown): void {
  if (shutdown.daysLeft >= 0) logger.warn(shutdown, 'a model in use will be shut down: choose another');
  else logger.error(shutdown, 'a model in use has been shut down: choose another');
}

/** @throws what the client throws, ZodError when the answer is no list of models. */
async function upcomingOf(models: Served, nowMs: number, signal: AbortSignal): Promise<ModelShutdown[]> {
  const dates = await shutdownDates(models[0], signal);
  return models.flatMap(({ stage, model }) => {
    const shutdownDate = dates.get(model);
    if (shutdownDate === undefined) return [];
    const daysLeft = Math.floor(Date.parse(shutdownDate) / DAY_MS) - Math.floor(nowMs / DAY_MS);
    return daysLeft <= WARN_DAYS ? [{ stage, model, shutdownDate, daysLeft }] : [];
  });
}

/** Dates by model, of those that have one. */
async function shutdownDates(endpoint: Endpoint, signal: AbortSignal): Promise<Map<string, string>> {
  const connection = openConnection(endpoint);
  try {
    const list = Models.parse(await connection.client.get('/models', { signal, timeout: TIMEOUT_MS }));
    return new Map(list.data.flatMap(({ id, shutdown_date: date }) => (date ? [[id, date]] : [])));
  } finally {
    // Once a day: a pool of its own would only keep sockets open.
    await connection.close();
  }
}
