import type { StandinKit } from '../kit/standin.js';
import type { ClioSettings } from './settings.js';

const windowMs = 60_000;

export interface Usage {
  limit: number;
  /** Requests in this window, this one included. */
  used: number;
  /** When the window ends, unix seconds. */
  resetsAt: number;
  /** Seconds until then. */
  retryAfterSeconds: number;
}

/** Counts requests per access token in fixed windows of a minute. */
export function createRateLimit(kit: StandinKit<ClioSettings>): (token: string) => Usage {
  const windows = new Map<string, { startMs: number; used: number }>();
  kit.onReset(() => windows.clear());
  return (token) => {
    const nowMs = kit.clock.nowMs();
    const current = windows.get(token);
    const window = current && nowMs < current.startMs + windowMs ? current : { startMs: nowMs, used: 0 };
    window.used += 1;
    windows.set(token, window);
    const endsAtMs = window.startMs + windowMs;
    return {
      limit: kit.settings.rateLimitPerMinute,
      used: window.used,
      resetsAt: Math.ceil(endsAtMs / 1_000),
      retryAfterSeconds: Math.ceil((endsAtMs - nowMs) / 1_000),
    };
  };
}
