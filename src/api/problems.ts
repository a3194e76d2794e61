import { z } from 'zod';

/**
 * Every way a request can fail, in one table: the code a program branches on, the HTTP status, a title, and what the
 * reader can do about it. Answers are `application/problem+json` (RFC 9457).
 */
export const problems = {
  validation: {
    status: 400,
    title: 'The request is not valid.',
    action: 'Correct the fields listed in `errors` and send the request again.',
  },
  bad_request: {
    status: 400,
    title: 'The request could not be read.',
    action: 'Check that the body is well-formed JSON and that its headers match it.',
  },
  bad_cursor: {
    status: 400,
    title: 'The cursor is not one of ours.',
    action: 'Pass `next_cursor` of the previous page unchanged, or leave `cursor` out to begin at the start.',
  },
  unauthenticated: {
    status: 401,
    title: 'A valid access token is needed.',
    action: 'Send `Authorization: Bearer <JWT>` with an unexpired RS256 token of this issuer and audience.',
  },
  forbidden: {
    status: 403,
    title: 'Your roles do not allow this.',
    action: 'Ask an administrator of your firm for a role that includes the permission named in `detail`.',
  },
  not_found: {
    status: 404,
    title: 'There is no such thing here.',
    action: 'Check the address and the id; ids of other firms are never found. /docs lists every address.',
  },
  method_not_allowed: {
    status: 405,
    title: 'This address does not take that method.',
    action: 'Use one of the methods in the `Allow` header; /docs lists every address.',
  },
  decision_refused: {
    status: 409,
    title: 'It does not take this decision.',
    action: 'Read it again, the write or the job; `detail` says what stands against it.',
  },
  name_taken: {
    status: 409,
    title: 'There is one of that name already.',
    action: 'Choose another name, or go on with the one that is there.',
  },
  setup_refused: {
    status: 409,
    title: 'LawPay or the firm’s settings stand against it.',
    action: 'See `detail` for what is missing; GET /api/v1/payments/setup shows what LawPay offers.',
  },
  not_set_up: {
    status: 409,
    title: 'This is not set up here.',
    action: 'Operators set what `detail` names; then try again.',
  },
  not_connected: {
    status: 409,
    title: 'The firm is not connected to that system.',
    action: 'Connect it first, or go on: there is nothing to end.',
  },
  payload_too_large: {
    status: 413,
    title: 'The request body is too large.',
    action: 'Send a smaller body, in several requests if need be.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'The body is in a format this address does not read.',
    action: 'Send JSON with `Content-Type: application/json`.',
  },
  recording_unfinished: {
    status: 409,
    title: 'The recording is not finished.',
    action: 'Try again a minute after the end of the call.',
  },
  recording_deleted: {
    status: 410,
    title: 'The recording was deleted.',
    action: 'Nothing of it is kept; the intake of the call still is.',
  },
  payload_unreadable: {
    status: 422,
    title: 'A payload cannot be opened.',
    action:
      'Give `detail` to your operator: it names the key that is missing, or says that the payload was changed.',
  },
  upgrade_required: {
    status: 426,
    title: 'This address speaks WebSocket.',
    action: 'Open it with a WebSocket client; the session answer gives the complete address.',
  },
  rate_limited: {
    status: 429,
    title: 'Too many requests.',
    action: 'Wait for the seconds in `Retry-After`, then send at a slower pace.',
  },
  internal: {
    status: 500,
    title: 'Something went wrong on our side.',
    action:
      'Try again; if it keeps failing, give the correlation id to your operator, who finds it in the logs.',
  },
  recording_damaged: {
    status: 500,
    title: 'The recording is not as it was written.',
    action: 'Give the correlation id to your operator: the file was changed, or sealed under another key.',
  },
  recording_unavailable: {
    status: 503,
    title: 'The recording cannot be reached.',
    action: 'Try again later; operators check the store of recordings (HERMES_RECORDING).',
  },
  database_unavailable: {
    status: 503,
    title: 'The database cannot be reached.',
    action: 'Try again in a few seconds; /readyz shows when the service is ready. Calls in progress go on.',
  },
  writes_unavailable: {
    status: 503,
    title: 'The write cannot be asked at the moment.',
    action:
      'Try again in a few seconds: the same decision counts once. Operators check that Temporal and a worker are there.',
  },
  vendor_unavailable: {
    status: 503,
    title: 'The outside system does not answer.',
    action: 'Try again in a minute; GET /api/v1/dlq/breakers shows which systems are silent.',
  },
  keys_unavailable: {
    status: 503,
    title: 'Access tokens cannot be checked at the moment.',
    action: 'Try again in a few seconds; operators check that HERMES_JWKS can be reached.',
  },
  not_ready: {
    status: 503,
    title: 'The service is not ready.',
    action: 'See `errors` for the parts that are not; the runbook has a section for each.',
  },
  overloaded: {
    status: 503,
    title: 'The service is overloaded.',
    action: 'Try again after the seconds in `Retry-After`.',
  },
} as const satisfies Record<string, { status: number; title: string; action: string }>;

export type ProblemCode = keyof typeof problems;

/** One field that is wrong: where (dotted path, beginning with body, query, params or headers) and why. */
export const FieldError = z.object({
  field: z.string().meta({ examples: ['query.limit'] }),
  message: z.string().meta({ examples: ['Too big: expected number to be <=100'] }),
});
export type FieldError = z.infer<typeof FieldError>;

export const Problem = z
  .object({
    type: z.string().describe('Stable URI reference of the kind of problem.'),
    title: z.string().describe('The kind of problem, in words.'),
    status: z.int().describe('HTTP status.'),
    code: z.string().describe('The kind of problem, for programs.'),
    detail: z.string().optional().describe('This occurrence, in words.'),
    instance: z.string().describe('Path of the request.'),
    correlationId: z.string().describe('Also in the `x-correlation-id` header and in every log line.'),
    action: z.string().describe('What you can do about it.'),
    errors: z.array(FieldError).optional().describe('The fields that are wrong.'),
  })
  .meta({
    id: 'Problem',
    description: 'RFC 9457 problem details.',
    examples: [
      {
        type: '/docs/problems/not_found',
        title: problems.not_found.title,
        status: 404,
        code: 'not_found',
        instance: '/api/v1/calls/call_0123456789abcdefghij',
        correlationId: 'c0ffee00-0000-4000-8000-000000000000',
        action: problems.not_found.action,
      },
    ],
  });
export type Problem = z.infer<typeof Problem>;

/** Thrown anywhere below a route to answer with a problem of the registry. `detail` is shown to the reader. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  constructor(
    readonly code: ProblemCode,
    readonly detail?: string,
    readonly errors?: FieldError[],
    options?: ErrorOptions,
  ) {
    super(detail ?? problems[code].title, options);
  }
}

/** The body of a problem answer. */
export function problemBody(
  code: ProblemCode,
  at: { instance: string; correlationId: string },
  more: { detail?: string | undefined; errors?: FieldError[] | undefined } = {},
): Problem {
  const { status, title, action } = problems[code];
  return {
    type: `/docs/problems/${code}`,
    title,
    status,
    code,
    ...(more.detail === undefined ? {} : { detail: more.detail }),
    ...at,
    action,
    ...(more.errors === undefined ? {} : { errors: more.errors }),
  };
}
