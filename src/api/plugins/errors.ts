import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { isDatabaseAway } from '../../db/health.js';
import type { App } from '../app-types.js';
import { type FieldError, problemBody, type ProblemCode, ProblemError, problems } from '../problems.js';

const MEDIA_TYPE = 'application/problem+json; charset=utf-8';
/** Fastify's own refusals of a request, by their codes; every other 4xx of the framework is `bad_request`. */
const frameworkProblems: Record<string, ProblemCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_NOT_FOUND: 'not_found',
};

/** Answers every failure as problem details; nothing of the error itself reaches the reader. */
export function addErrorAnswers(app: App): void {
  const allowed = new RouteMethods();
  app.addHook('onRoute', (route) => allowed.add(route.method, route.url));
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const problem = problemOf(error);
    if (problems[problem.code].status >= 500)
      request.log.error({ err: error, problem: problem.code }, 'request failed');
    return sendProblem(request, reply, problem);
  });
  app.setNotFoundHandler((request, reply) => {
    const methods = allowed.of(pathOf(request));
    if (methods.length === 0 || methods.includes(request.method))
      return sendProblem(request, reply, new ProblemError('not_found'));
    void reply.header('allow', methods.join(', '));
    return sendProblem(request, reply, new ProblemError('method_not_allowed'));
  });
}

function sendProblem(request: FastifyRequest, reply: FastifyReply, problem: ProblemError): FastifyReply {
  const { status } = problems[problem.code];
  if (status === 401) void reply.header('www-authenticate', 'Bearer');
  if (status === 503) void reply.header('retry-after', '5');
  const at = { instance: pathOf(request), correlationId: request.id };
  const body = problemBody(problem.code, at, { detail: problem.detail, errors: problem.errors });
  // Serialised here: a response schema of the route must not be able to turn a problem into another failure.
  return reply.code(status).header('content-type', MEDIA_TYPE).serializer(JSON.stringify).send(body);
}

/** The path without its query, which may hold anything. */
const pathOf = (request: FastifyRequest): string => request.url.split('?', 1)[0] ?? '/';

function problemOf(error: FastifyError): ProblemError {
  if (error instanceof ProblemError) return error;
  if (hasZodFastifySchemaValidationErrors(error))
    return new ProblemError('validation', undefined, fieldErrors(error));
  const known = frameworkProblems[error.code];
  if (known) return new ProblemError(known);
  if (isDatabaseAway(error)) return new ProblemError('database_unavailable');
  const status = error.statusCode ?? 500;
  return new ProblemError(status >= 400 && status < 500 ? 'bad_request' : 'internal');
}

interface ValidationFailure {
  validation: { instancePath: string; message?: string }[];
  validationContext?: string | undefined;
}

function fieldErrors({ validation, validationContext }: ValidationFailure): FieldError[] {
  const where = validationContext === 'querystring' ? 'query' : (validationContext ?? 'body');
  return validation.map(({ instancePath, message }) => ({
    field: [where, ...instancePath.split('/').filter((part) => part !== '')].join('.'),
    message: message ?? 'is not valid',
  }));
}

/** Which methods each address takes, so that a wrong method is told apart from a wrong address. */
class RouteMethods {
  readonly #routes: { pattern: RegExp; methods: string[] }[] = [];

  add(method: string | string[], url: string): void {
    const pattern = new RegExp(`^${url.replace(/:[^/]+/g, '[^/]+').replace(/\*/g, '.*')}/?$`);
    this.#routes.push({ pattern, methods: [method].flat() });
  }

  of(path: string): string[] {
    const matching = this.#routes.filter((route) => route.pattern.test(path));
    return [...new Set(matching.flatMap((route) => route.methods))].sort();
  }
}
