/** The worker's health, for the supervisor and for Kubernetes: alive is not ready. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One thing readiness depends on. Rejects or answers false when it is not there. */
export type Check = () => Promise<boolean> | boolean;

export interface HealthServer {
  port: number;
  close(): Promise<void>;
}

/** A probe waits no longer than this for one check; Kubernetes' own default timeout is 1 s, ours is set to 3 s. */
const CHECK_TIMEOUT_MS = 2_000;

/**
 * `GET /livez`: 200 while the process turns its event loop. `GET /readyz`: 200 when every check passes, otherwise 503;
 * both ways with each check's result by name.
 * @param port 0 picks a free one.
 */
export async function serveHealth(
  host: string,
  port: number,
  checks: Readonly<Record<string, Check>>,
): Promise<HealthServer> {
  const server = createServer((request, response) => {
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (request.url === '/livez') answer(200, { status: 'ok' });
    else if (request.url === '/readyz')
      void runAll(checks).then((results) => {
        const ready = Object.values(results).every(Boolean);
        answer(ready ? 200 : 503, { status: ready ? 'ready' : 'not ready', checks: results });
      });
    else answer(404, { status: 'not found' });
  });
  await listening(server, host, port);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function runAll(checks: Readonly<Record<string, Check>>): Promise<Record<string, boolean>> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await passes(check)] as const),
  );
  return Object.fromEntries(results);
}

async function passes(check: Check): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), CHECK_TIMEOUT_MS);
  });
  try {
    return await Promise.race([(async () => check())(), late]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}

const listening = (server: Server, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
