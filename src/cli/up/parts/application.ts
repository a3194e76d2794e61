import { setTimeout as pause } from 'node:timers/promises';
import { LOOPBACK } from '../addresses.js';
import { type Environment, ownProgram, type Site } from '../site.js';

/** The first start compiles the workflows, which takes ten seconds on a small machine. */
const READY_WITHIN_MS = 60_000;
const POLL_MS = 100;
/**
 * On one machine with the edge the worker gives way: callers hear when the edge is late, and nobody waits for a write by
 * the millisecond. A third of the edge's share where both want the core; more, and a busy machine starves it.
 */
export const WORKER_NICENESS = 5;

/** Starts the worker and waits until it polls. */
export async function startWorker(site: Site, env: Environment): Promise<string> {
  const origin = `http://${LOOPBACK}:${site.ports.worker}`;
  await startOwn(site, 'worker', 'src/workers/main.ts', env, origin, WORKER_NICENESS);
  return `polling (health: ${origin}/readyz)`;
}

/** Starts the edge and waits until it takes calls. @returns its origin, for people. */
export async function startEdge(site: Site, env: Environment): Promise<string> {
  await startOwn(site, 'edge', 'src/api/server.ts', env, edgeOrigin(site));
  return edgeOrigin(site);
}

/** How this machine reaches the edge, also when it listens on every address. */
export const edgeOrigin = ({ config, ports }: Pick<Site, 'config' | 'ports'>): string => {
  const isWildcard = config.HERMES_HOST === '0.0.0.0' || config.HERMES_HOST === '::';
  const host = isWildcard ? LOOPBACK : config.HERMES_HOST;
  return `http://${host.includes(':') ? `[${host}]` : host}:${ports.edge}`;
};

async function startOwn(
  site: Site,
  name: string,
  path: string,
  env: Environment,
  origin: string,
  niceness?: number,
): Promise<void> {
  await site.crew.engage({
    spec: { name, ...ownProgram(site, path), env, niceness, stopSignal: 'SIGTERM' },
    ready: (_child, signal) => answersReady(`${origin}/readyz`, signal),
    readyWithinMs: READY_WITHIN_MS,
    graceMs: 2_500,
  });
}

async function answersReady(url: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const isReady = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(3_000)]) }).then(
      async (answer) => {
        await answer.body?.cancel();
        return answer.ok;
      },
      () => false,
    );
    if (isReady) return;
    await pause(POLL_MS, undefined, { signal });
  }
}
