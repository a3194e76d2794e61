/** Where a client asks for leave before each request, and tells what the vendor says about its limits. */
import { retryAfterMs, type Answer } from './http.js';

export interface Pacer {
  /** Waits for a slot. @throws OutsideError `rate_limited` when none is to be had soon; nothing was sent then. */
  before(): Promise<void>;
  /** Takes note of an answer. Never throws. */
  after(limits: VendorLimits): Promise<void>;
}

/** What an answer says about the rate limit. */
export interface VendorLimits {
  /** Requests a minute. */
  limit?: number;
  /** Until the vendor takes another one, milliseconds. */
  blockedMs?: number;
}

/** Reads `Retry-After` of a 429, and `X-RateLimit-…` (reset in unix seconds) of any answer. */
export function limitsOf(
  { status, headers }: Pick<Answer, 'status' | 'headers'>,
  nowMs: number,
): VendorLimits {
  const limit = whole(headers.get('x-ratelimit-limit'));
  const resetMs = whole(headers.get('x-ratelimit-reset'));
  const untilReset = resetMs === undefined ? undefined : Math.max(0, resetMs * 1_000 - nowMs);
  const isSpent = status === 429 || whole(headers.get('x-ratelimit-remaining')) === 0;
  const blockedMs = isSpent
    ? ((status === 429 ? retryAfterMs(headers, nowMs) : undefined) ?? untilReset)
    : undefined;
  return { ...(limit !== undefined && { limit }), ...(blockedMs !== undefined && { blockedMs }) };
}

const whole = (text: string | null): number | undefined => {
  const value = text === null || text.trim() === '' ? Number.NaN : Number(text);
  return Number.isInteger(value) && value >= 0 ? value : undefined;
};
