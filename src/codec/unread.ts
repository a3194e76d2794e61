import type { Logger } from '../telemetry/logger.js';
import { PayloadKeyMissingError, PayloadOfOtherTenantError } from './errors.js';
import type { OnUnread } from './payload-codec.js';

/** A workflow whose key is missing tries again every few seconds, and there may be thousands of them. */
const QUIET_MS = 60_000;

/** @returns an `OnUnread` that logs each kind of trouble at once and then once a minute, with how often it happened. */
export function logUnread(logger: Logger, nowMs: () => number): OnUnread {
  const kinds = new Map<string, { saidAtMs: number; times: number }>();
  return (err) => {
    const subject = subjectOf(err);
    const kind = [err.name, ...Object.values(subject)].join(' ');
    const known = kinds.get(kind) ?? { saidAtMs: -Infinity, times: 0 };
    known.times += 1;
    kinds.set(kind, known);
    if (nowMs() - known.saidAtMs < QUIET_MS) return;
    const message =
      err instanceof PayloadKeyMissingError
        ? 'a payload key is missing: workflows sealed under it stand still until HERMES_PAYLOAD_KEYS holds it'
        : 'payloads in Temporal cannot be read';
    logger.error({ err, ...subject, times: known.times }, message);
    kinds.set(kind, { saidAtMs: nowMs(), times: 0 });
  };
}

/** What the log may say of it: ids of keys and firms. */
function subjectOf(error: Error): Record<string, string> {
  if (error instanceof PayloadKeyMissingError) return { payloadKeyId: error.keyId };
  if (error instanceof PayloadOfOtherTenantError)
    return { sealedFor: error.sealedFor, foundWith: error.foundWith };
  return {};
}
