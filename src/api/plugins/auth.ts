import type { FastifyRequest } from 'fastify';
import { errors, jwtVerify, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { TenantId } from '../../domain/ids.js';
import type { App } from '../app-types.js';
import { type Identity, isAllowed, type Permission, Role } from '../permissions.js';
import { ProblemError } from '../problems.js';

declare module 'fastify' {
  interface FastifyRequest {
    identity: Identity | null;
  }
  interface FastifyContextConfig {
    /** What the asker must be allowed to do; every route behind `addAuth` names one. */
    permission?: Permission;
  }
}

export interface AuthOptions {
  keys: JWTVerifyGetKey;
  issuer: string;
  audience: string;
  /** The `Authorization` of a request, when it may come another way than in its header. */
  bearer?: (request: FastifyRequest) => string | undefined;
}

/** Roles this version does not know are ignored, so that an identity provider may add some first. */
const Claims = z.object({
  sub: z.string().min(1).max(200),
  tenant_id: TenantId,
  roles: z
    .array(z.string())
    .max(50)
    .transform((roles) => roles.filter((role): role is Role => Role.safeParse(role).success)),
});

/**
 * Lets nobody past without a valid RS256 token and the permission the route names. A route registered behind it without
 * a permission is a mistake and stops the start.
 */
export function addAuth(app: App, options: AuthOptions): void {
  app.addHook('onRoute', (route) => {
    if (!route.config?.permission) throw new Error(`route ${route.url} names no permission`);
  });
  app.addHook('onRequest', async (request) => {
    const header = options.bearer ? options.bearer(request) : request.headers.authorization;
    const identity = await authenticate(header, options);
    request.identity = identity;
    const { permission } = request.routeOptions.config;
    if (!permission || !isAllowed(identity, permission))
      throw new ProblemError('forbidden', `Needs the permission ${permission ?? 'none'}.`);
  });
}

/** The identity of an authenticated request. @throws ProblemError `unauthenticated` outside `addAuth`. */
export function identityOf(request: FastifyRequest): Identity {
  if (!request.identity) throw new ProblemError('unauthenticated');
  return request.identity;
}

/**
 * Who the bearer of this `Authorization` is.
 * @throws ProblemError `unauthenticated`, or `keys_unavailable` when the token cannot be checked.
 */
export async function authenticate(header: string | undefined, options: AuthOptions): Promise<Identity> {
  const token = /^Bearer ([\w.-]+)$/i.exec(header ?? '')?.[1];
  if (!token) throw new ProblemError('unauthenticated', 'There is no bearer token.');
  const claims = Claims.safeParse(await verifiedPayload(token, options));
  if (!claims.success) {
    const names = claims.error.issues.map((issue) => issue.path[0]).join(', ');
    throw new ProblemError(
      'unauthenticated',
      `These claims of the token are missing or not valid: ${names}.`,
    );
  }
  const { sub, tenant_id, roles } = claims.data;
  return { subject: sub, tenantId: tenant_id, roles };
}

async function verifiedPayload(token: string, { keys, issuer, audience }: AuthOptions): Promise<unknown> {
  try {
    // RS256 is pinned: a token must not choose how it is checked (`none`, or HMAC with the public key as secret).
    const verified = await jwtVerify(token, keys, {
      issuer,
      audience,
      algorithms: ['RS256'],
      requiredClaims: ['exp', 'sub'],
      clockTolerance: 5,
    });
    return verified.payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired)
      throw new ProblemError('unauthenticated', 'The token has expired.', undefined, { cause: error });
    if (isKeyTrouble(error))
      throw new ProblemError('keys_unavailable', undefined, undefined, { cause: error });
    throw new ProblemError('unauthenticated', 'The token is not valid here.', undefined, { cause: error });
  }
}

/** The keys could not be fetched, which is our trouble and not the token's. */
const isKeyTrouble = (error: unknown): boolean =>
  !(error instanceof errors.JOSEError) ||
  error instanceof errors.JWKSTimeout ||
  error.code === 'ERR_JOSE_GENERIC';
