import helmet from '@fastify/helmet';
import Fastify, { type FastifyBaseLogger } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Logger } from '../telemetry/logger.js';
import type { App } from './app-types.js';
import { addAuth, type AuthOptions } from './plugins/auth.js';
import { addCorrelation, correlationIdOf } from './plugins/correlation.js';
import { addErrorAnswers } from './plugins/errors.js';
import { addLimits, addTenantLimit, type Limits } from './plugins/limits.js';
import { addOpenApi } from './plugins/openapi.js';
import { addRequestLog } from './plugins/request-log.js';
import { type AuditDeps, auditRoutes } from './routes/audit.js';
import { callRoutes } from './routes/calls.js';
import { addCodecServer, type CodecDeps } from './routes/codec/index.js';
import type { ConnectionDeps } from './routes/connections/deps.js';
import { CONSENT_PATH } from './routes/connections/cookie.js';
import { connectionRoutes } from './routes/connections/index.js';
import { clioWebhookRoute } from './routes/connections/clio-webhook.js';
import { consentPages } from './routes/connections/pages.js';
import type { DeadLetterDeps } from './routes/dead-letters/deps.js';
import { deadLetterRoutes } from './routes/dead-letters/index.js';
import { type HealthDeps, healthRoutes } from './routes/health.js';
import { type IntakeDeps, intakeRoutes } from './routes/intakes.js';
import { type MonitoringDeps, monitoringRoutes } from './routes/monitoring.js';
import {
  type PaymentDeps,
  type PaymentEventDeps,
  paymentEventRoutes,
  paymentRoutes,
  type RefundDeps,
} from './routes/payments/index.js';
import { type PayDeps, payRoutes } from './routes/pay/index.js';
import { type RecordingRouteDeps, recordingRoutes } from './routes/recordings.js';
import { type SessionDeps, sessionRoutes } from './routes/sessions.js';
import { socketRoutes } from './routes/sockets.js';
import { channelRoutes } from './routes/notices/channels.js';
import type { NoticeDeps } from './routes/notices/deps.js';
import { testNoticeRoute } from './routes/notices/test-notice.js';
import type { WebhookDeps } from './routes/webhooks/deps.js';
import { webhookRoutes } from './routes/webhooks/index.js';
import { type TwilioRouteDeps, twilioRoutes } from './routes/twilio.js';

/** Everything the API stands on. */
export interface AppDeps
  extends
    HealthDeps,
    SessionDeps,
    TwilioRouteDeps,
    IntakeDeps,
    RecordingRouteDeps,
    DeadLetterDeps,
    PaymentDeps,
    PaymentEventDeps,
    RefundDeps,
    PayDeps,
    MonitoringDeps,
    AuditDeps,
    ConnectionDeps,
    WebhookDeps,
    NoticeDeps,
    CodecDeps {
  logger: Logger;
  auth: AuthOptions;
  limits: Limits;
}

/** The largest honest body is 100 dead-letter ids of 255 characters. */
const BODY_LIMIT_BYTES = 64 * 1_024;
/** Longer than the longest honest request (100 retries against a worker that is away: 25 s). */
const REQUEST_TIMEOUT_MS = 30_000;

const API_PREFIX = '/api/v1';

/** Fastify also wants `level` and `silent`, which every pino logger has and ours only hides. */
const baseLogger = (logger: Logger): FastifyBaseLogger => logger as Logger & FastifyBaseLogger;

/**
 * Builds the HTTP API, not yet listening. Only the codec server knows CORS: elsewhere browsers of other origins are
 * refused by their own rules.
 * @throws when a route names no permission or two routes clash.
 */
export async function buildApp(deps: AppDeps): Promise<App> {
  const app: App = Fastify({
    loggerInstance: baseLogger(deps.logger),
    logController: new Fastify.LogController({
      disableRequestLogging: true,
      requestIdLogLabel: 'correlationId',
    }),
    genReqId: correlationIdOf,
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    routerOptions: { maxParamLength: 300, ignoreTrailingSlash: true },
    forceCloseConnections: true,
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.decorateRequest('identity', null);
  addErrorAnswers(app);
  addCorrelation(app);
  addRequestLog(app);
  // The API is served over plain HTTP on loopback; the proxy in front speaks TLS, so nothing may be upgraded here.
  await app.register(helmet, { contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } });
  await addLimits(app, deps.limits);
  await addOpenApi(app, deps.version);
  healthRoutes(app, deps);
  socketRoutes(app);
  payRoutes(app, deps);
  await app.register(firmRoutes(deps), { prefix: API_PREFIX });
  // Scopes of their own: Twilio's checks its signature on everything in it.
  await app.register(routesIn(twilioRoutes, deps), { prefix: API_PREFIX });
  await app.register(routesIn(paymentEventRoutes, deps), { prefix: API_PREFIX });
  await app.register(routesIn(clioWebhookRoute, deps));
  await app.register(
    routesIn((pages) => consentPages(pages, deps, deps.auth), deps),
    { prefix: CONSENT_PATH },
  );
  await addCodecServer(app, deps);
  return app;
}

type Plugin = (scope: App, options: object, done: () => void) => void;

const routesIn =
  (add: (scope: App, deps: AppDeps) => void, deps: AppDeps): Plugin =>
  (scope, _options, done) => {
    add(scope, deps);
    done();
  };

/** What people and programs of a firm ask with a token. */
const firmRoutes = (deps: AppDeps): Plugin =>
  routesIn((api) => {
    addAuth(api, deps.auth);
    addTenantLimit(api, deps.limits);
    sessionRoutes(api, deps);
    callRoutes(api, deps);
    recordingRoutes(api, deps);
    intakeRoutes(api, deps);
    deadLetterRoutes(api, deps);
    paymentRoutes(api, deps);
    monitoringRoutes(api, deps);
    auditRoutes(api, deps);
    connectionRoutes(api, deps);
    webhookRoutes(api, deps);
    channelRoutes(api, deps);
    testNoticeRoute(api, deps);
  }, deps);
