import type { App } from '../app-types.js';

/** One line per answered request: the route's pattern, never the address, which may hold anything. */
export function addRequestLog(app: App): void {
  app.addHook('onResponse', (request, reply, done) => {
    const fields = {
      method: request.method,
      route: request.routeOptions.url ?? 'unknown',
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime * 10) / 10,
      tenantId: request.identity?.tenantId,
    };
    if (request.routeOptions.config.probe) request.log.debug(fields, 'probe answered');
    else request.log.info(fields, 'request answered');
    done();
  });
}
