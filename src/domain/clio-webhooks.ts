/** Which changes in Clio a firm's HERMES hears of, and for how long. */

/** Records that HERMES makes and Clio reports on, by the name Clio gives the model. */
export const watchedModels = ['contact', 'matter', 'calendar_entry', 'communication', 'task'] as const;
export type WatchedModel = (typeof watchedModels)[number];

const DAY_MS = 86_400_000;
/** Clio's most is 31 days, its default 3; a day is left for clocks that differ. */
export const SUBSCRIBED_FOR_MS = 30 * DAY_MS;
/** Renewed with so much left: three weeks of trouble cost no delivery. */
export const RENEW_BEFORE_MS = 21 * DAY_MS;

/** What a subscription needs: nothing, more time, or to be made anew. */
export function careFor(
  webhook: { webhookId: number | null; hasSecret: boolean; expiresAtMs: number | null } | undefined,
  nowMs: number,
): 'make' | 'renew' | 'nothing' {
  // Without a handshake Clio delivers nothing.
  if (webhook?.webhookId == null || !webhook.hasSecret) return 'make';
  const { expiresAtMs } = webhook;
  if (expiresAtMs === null || expiresAtMs <= nowMs) return 'make';
  return expiresAtMs - nowMs <= RENEW_BEFORE_MS ? 'renew' : 'nothing';
}
