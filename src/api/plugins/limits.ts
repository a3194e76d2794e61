import rateLimit from '@fastify/rate-limit';
import underPressure from '@fastify/under-pressure';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../app-types.js';
import { ProblemError } from '../problems.js';
import { identityOf } from './auth.js';

export interface Limits {
  /** Requests a minute. */
  perAddress: number;
  perTenant: number;
  /** Requests are refused while the event loop is later than this on average, milliseconds; 0: never. */
  maxLoopDelayMs: number;
}

const WINDOW_MS = 60_000;
/** Audio frames leave every 20 ms: when the loop is this late on average, callers hear it and requests must wait. */
export const MAX_LOOP_DELAY_MS = 250;

/** Refuses requests that are no caller's while the event loop is late, and more than `perAddress` a minute from one address. */
export async function addLimits(app: App, limits: Limits): Promise<void> {
  await app.register(underPressure, {
    maxEventLoopDelay: limits.maxLoopDelayMs,
    pressureHandler: (request) => {
      const { probe, call } = request.routeOptions.config;
      // Probes must answer what they know: a restart because of load would end every call. Load costs no caller the call.
      if (!probe && !call) throw new ProblemError('overloaded');
    },
  });
  await app.register(rateLimit, { global: false, timeWindow: WINDOW_MS, max: limits.perAddress });
  const check = app.createRateLimit({ max: limits.perAddress, timeWindow: WINDOW_MS });
  app.addHook('onRequest', async (request, reply) => {
    const { probe, call } = request.routeOptions.config;
    if (!probe && call !== 'live') await enforce(check(request), reply);
  });
}

/** Refuses more than `perTenant` requests a minute from one firm. Comes after `addAuth`. */
export function addTenantLimit(app: App, limits: Limits): void {
  const check = app.createRateLimit({
    max: limits.perTenant,
    timeWindow: WINDOW_MS,
    keyGenerator: (request: FastifyRequest) => `tenant:${identityOf(request).tenantId}`,
  });
  app.addHook('preValidation', async (request, reply) => {
    await enforce(check(request), reply);
  });
}

/** Refuses more than `max` requests a minute from one person to the routes of this scope. Comes after `addAuth`. */
export function addPersonLimit(app: App, max: number): void {
  const check = app.createRateLimit({
    max,
    timeWindow: WINDOW_MS,
    keyGenerator: (request: FastifyRequest) => {
      const { tenantId, subject } = identityOf(request);
      return `person:${tenantId}:${subject}`;
    },
  });
  app.addHook('preValidation', async (request, reply) => {
    await enforce(check(request), reply);
  });
}

type Check = ReturnType<ReturnType<App['createRateLimit']>>;

async function enforce(check: Check, reply: FastifyReply): Promise<void> {
  const result = await check;
  if (result.isAllowed) return;
  void reply.headers({
    'x-ratelimit-limit': result.max,
    'x-ratelimit-remaining': result.remaining,
    'x-ratelimit-reset': result.ttlInSeconds,
  });
  if (!result.isExceeded) return;
  void reply.header('retry-after', result.ttlInSeconds);
  throw new ProblemError('rate_limited');
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A health probe: answered under any load, never limited. */
    probe?: boolean;
    /** `opening`: answered under any load, for a caller waits. `live`: never limited either, for a call would be cut. */
    call?: 'opening' | 'live';
  }
}
