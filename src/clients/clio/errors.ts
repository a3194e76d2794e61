/** Clio's refusals as error classes. Only status and error type reach our message: Clio's own text may quote the payload. */
import { z } from 'zod';
import { OutsideError, type ErrorClass } from '../../domain/failures.js';
import { describe, retryAfterMs, type Answer, type Exchange } from '../http.js';

/** Two shapes exist: `{"error": {"type", "message"}}`, and `{"error": "invalid_token", …}` on a dead token. */
const ErrorBody = z.object({ error: z.union([z.string(), z.object({ type: z.string() })]) });
/** Class names as Clio writes them; anything else is not repeated. */
const TYPE_NAME = /^[A-Za-z_]{1,60}$/;

/** @returns the error for an answer that is not a success. */
export function refusal(call: Exchange, answer: Answer, nowMs: number): OutsideError {
  const type = errorType(answer.text);
  const message = `Clio answered ${answer.status}${type ? ` (${type})` : ''} to ${describe(call)}`;
  const errorClass = classify(call, answer.status, type !== undefined);
  return new OutsideError(
    errorClass,
    message,
    errorClass === 'rate_limited'
      ? (retryAfterMs(answer.headers, nowMs) ?? untilReset(answer, nowMs))
      : undefined,
    { nothingDone: isRefused(answer.status) },
  );
}

/** A request that timed out on their side (408) may have been carried out. */
const isRefused = (status: number): boolean => status >= 400 && status < 500 && status !== 408;

/** Whether an error is a refusal of this type. */
export const isRefusedAs = (error: unknown, type: string): boolean =>
  error instanceof OutsideError && error.message.includes(` (${type}) `);

function classify(call: Exchange, status: number, hasErrorBody: boolean): ErrorClass {
  if (status === 429) return 'rate_limited';
  if (status === 401) return 'auth';
  // The firewall in front answers 403 with an HTML page; Clio's own 403 means a missing permission.
  if (status === 403) return hasErrorBody ? 'auth' : 'unavailable';
  // The record we hang on is gone or hidden, or changed under us.
  if (status === 404 || status === 409 || status === 412) return 'conflict';
  if (status >= 500 || status === 408) return call.method === 'GET' ? 'unavailable' : 'outcome_unknown';
  // A redirect is not followed, and says nothing of what was done before it.
  if (status < 400 && call.method !== 'GET') return 'outcome_unknown';
  return 'invalid';
}

function errorType(text: string): string | undefined {
  try {
    const parsed = ErrorBody.safeParse(JSON.parse(text));
    if (!parsed.success) return undefined;
    const { error } = parsed.data;
    const type = typeof error === 'string' ? error : error.type;
    return TYPE_NAME.test(type) ? type : 'unnamed';
  } catch {
    return undefined;
  }
}

/** `X-RateLimit-Reset` in unix seconds, for a 429 without Retry-After. */
function untilReset({ headers }: Answer, nowMs: number): number | undefined {
  const seconds = Number(headers.get('x-ratelimit-reset') ?? Number.NaN);
  return Number.isFinite(seconds) ? Math.max(0, seconds * 1_000 - nowMs) : undefined;
}
