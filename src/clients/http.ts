/** One HTTP exchange with somebody else's server, its failures sorted into error classes. */
import type { z } from 'zod';
import { OutsideError } from '../domain/failures.js';

export interface Exchange {
  /** Shown in errors, e.g. `Clio`. */
  vendor: string;
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  url: URL;
  headers: Readonly<Record<string, string>>;
  body?: string | Uint8Array<ArrayBuffer>;
  timeoutMs: number;
  signal: AbortSignal;
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

/** Failures that happen before the first byte of a request leaves: nothing was done. */
const neverSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/**
 * Sends one request and reads the whole answer. Redirects are not followed: an API that moves is a change to look at,
 * and a followed redirect would carry the token elsewhere.
 * @throws OutsideError `unavailable` when nothing was done, `outcome_unknown` when a write may have been done.
 * @throws the signal's reason when the caller aborted.
 */
export async function exchange(call: Exchange): Promise<Answer> {
  const end = endOf(call);
  try {
    const response = await fetch(call.url, {
      method: call.method,
      headers: call.headers,
      redirect: 'manual',
      signal: end.signal,
      ...(call.body !== undefined && { body: call.body }),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch (error) {
    call.signal.throwIfAborted();
    const code = codeOf(error);
    const what = `${call.vendor} gave no answer to ${describe(call)} (${code})`;
    const nothingDone = neverSent.has(code);
    const errorClass = call.method === 'GET' || nothingDone ? 'unavailable' : 'outcome_unknown';
    throw new OutsideError(errorClass, what, undefined, { nothingDone });
  } finally {
    end.forget();
  }
}

/**
 * A signal that aborts with the caller's, or when the time is up. By a timer of our own: signals that Node combines
 * (`AbortSignal.any` with `AbortSignal.timeout`) were seen to be collected as garbage before they fired, and the request
 * then hung.
 */
function endOf({ signal, timeoutMs }: Exchange): { signal: AbortSignal; forget: () => void } {
  const end = new AbortController();
  const timeUp = (): void => end.abort(new DOMException('no answer in time', 'TimeoutError'));
  const timer = setTimeout(timeUp, timeoutMs);
  const give = (): void => end.abort(signal.reason);
  signal.addEventListener('abort', give, { once: true });
  if (signal.aborted) give();
  return {
    signal: end.signal,
    forget: () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', give);
    },
  };
}

/** Method and path; the query may hold what a caller said. */
export const describe = ({ method, url }: Pick<Exchange, 'method' | 'url'>): string =>
  `${method} ${url.pathname}`;

/**
 * Parses an answer that claims success.
 * @throws OutsideError as after a lost answer: something that does not speak the vendor's language stood in between.
 */
export function parseAnswer<T>(call: Exchange, answer: Answer, schema: z.ZodType<T>): T {
  let json: unknown;
  try {
    json = JSON.parse(answer.text);
  } catch {
    json = undefined;
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new OutsideError(
    call.method === 'GET' ? 'unavailable' : 'outcome_unknown',
    `${call.vendor} answered ${answer.status} to ${describe(call)} with an unreadable body at "${where}"`,
  );
}

/**
 * Retry-After, seconds or HTTP date, in milliseconds from `nowMs`; undefined when absent or not understood.
 * @param nowMs epoch milliseconds.
 */
export function retryAfterMs(headers: Headers, nowMs: number): number | undefined {
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  const seconds = Number(value);
  const ms = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(value) - nowMs;
  return Number.isFinite(ms) ? Math.max(0, Math.round(ms)) : undefined;
}

/** fetch wraps what happened in the `cause` of a TypeError. Read by shape: some of these errors are DOMExceptions. */
function codeOf(error: unknown): string {
  const cause = property(error, 'cause') ?? error;
  if (property(cause, 'name') === 'TimeoutError') return 'timeout';
  const code = property(cause, 'code');
  return typeof code === 'string' ? code : 'connection lost';
}

const property = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
