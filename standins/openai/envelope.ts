import { randomUUID } from 'node:crypto';
import type { z } from 'zod';

/** What the vendor's errors look like. */
export interface ErrorEnvelope {
  error: { message: string; type: string; param: string | null; code: string | null };
}

/** A request that is refused with the vendor's own words. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    readonly statusCode: number,
    message: string,
    readonly param: string | null = null,
    readonly code: string | null = null,
  ) {
    super(message);
  }
}

const kinds: Record<number, { type: string; code: string | null }> = {
  401: { type: 'invalid_request_error', code: 'invalid_api_key' },
  404: { type: 'invalid_request_error', code: null },
  429: { type: 'requests', code: 'rate_limit_exceeded' },
  500: { type: 'server_error', code: null },
  503: { type: 'service_unavailable_error', code: 'server_is_overloaded' },
};

/** The body of an error answer. `code` and `param` default to what the status usually carries. */
export function errorBody(
  status: number,
  message: string,
  param: string | null = null,
  code: string | null = null,
): ErrorEnvelope {
  const kind = kinds[status] ?? {
    type: status >= 500 ? 'server_error' : 'invalid_request_error',
    code: null,
  };
  return { error: { message, type: kind.type, param, code: code ?? kind.code } };
}

/** Headers the vendor puts on every answer, errors included. The limits are made up; nothing counts against them. */
export function vendorHeaders(): Record<string, string> {
  return {
    'x-request-id': `req_${randomUUID().replaceAll('-', '')}`,
    'openai-version': '2020-10-01',
    'openai-organization': 'org-standin',
    'openai-processing-ms': '1',
    'x-ratelimit-limit-requests': '10000',
    'x-ratelimit-limit-tokens': '2000000',
    'x-ratelimit-remaining-requests': '9999',
    'x-ratelimit-remaining-tokens': '1999000',
    'x-ratelimit-reset-requests': '6ms',
    'x-ratelimit-reset-tokens': '30ms',
  };
}

/**
 * Lets one key in.
 * @throws ApiError 401, worded as the vendor does.
 */
export function assertKey(authorization: string | undefined, apiKey: string): void {
  if (authorization === undefined) {
    throw new ApiError(401, "You didn't provide an API key.");
  }
  if (authorization !== `Bearer ${apiKey}`) {
    throw new ApiError(
      401,
      'Incorrect API key provided. You can find your API key in your account settings.',
    );
  }
}

/**
 * Reads a request.
 * @throws ApiError 400 naming the first field that is wrong.
 */
export function parseRequest<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const param = issue?.path.join('.') ?? '';
  throw new ApiError(400, `Invalid value for '${param}': ${issue?.message ?? 'not understood'}`, param);
}
