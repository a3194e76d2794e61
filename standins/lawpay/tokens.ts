import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { StandinKit } from '../kit/standin.js';
import { requirePublicKey, requireSecretKey } from './auth.js';
import { newId } from './books.js';
import { notFound, parseBody } from './errors.js';
import { masked, TokenBody, verdictOn, type MaskedMethod } from './methods.js';
import type { LawPaySettings } from './settings.js';
import type { Verdict } from './test-numbers.js';

export interface SpentToken {
  shown: MaskedMethod;
  verdict: Verdict;
}

/** One-time tokens. They live in memory only: full numbers are never written anywhere. */
export interface Tokens {
  /** Uses a token up. @throws LawPayRefusal 404 when it is unknown, expired or already used. */
  spend(id: string): SpentToken;
}

export function tokenRoutes(app: FastifyInstance, kit: StandinKit<LawPaySettings>): Tokens {
  const { clock, settings } = kit;
  const tokens = new Map<string, SpentToken & { shown: MaskedMethod; expiresAtMs: number }>();
  kit.onReset(() => tokens.clear());

  const alive = (id: string) => {
    const token = tokens.get(id);
    if (token === undefined || token.expiresAtMs <= clock.nowMs()) throw notFound('Token', id);
    return token;
  };

  app.post('/v1/tokens', (request) => {
    const key = z.object({ public_key: z.string().optional() }).safeParse(request.body).data?.public_key;
    requirePublicKey(request.headers.authorization, key);
    const body = parseBody(TokenBody, request.body);
    const nowMs = clock.nowMs();
    const id = newId();
    const shown = { id, created: new Date(nowMs).toISOString(), ...masked(body) };
    tokens.set(id, { shown, verdict: verdictOn(body, nowMs), expiresAtMs: nowMs + settings.tokenLifetimeMs });
    return shown;
  });

  app.get<{ Params: { id: string } }>('/v1/tokens/:id', (request) => {
    requireSecretKey(request.headers.authorization);
    return alive(request.params.id).shown;
  });

  return {
    spend: (id) => {
      const token = alive(id);
      tokens.delete(id);
      return token;
    },
  };
}
