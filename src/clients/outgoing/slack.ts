/** Slack's incoming webhooks: one address posts into one channel, and is the only secret. */
import { OutsideError, type ErrorClass } from '../../domain/failures.js';
import { retryAfterMs } from '../http.js';
import type { SendPost } from './guarded-post.js';
import { plainText, type Carrier } from './notice.js';

export const createSlackCarrier = (post: SendPost): Carrier => ({
  send: async ({ address, signal, reference, ...notice }) => {
    // Slack reads these three as markup (docs.slack.dev, "Formatting text for app surfaces").
    const text = plainText({ reference, ...notice }).replace(
      /[&<>]/g,
      (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign] ?? sign,
    );
    const headers = { 'content-type': 'application/json', 'user-agent': 'HERMES-Notices/1' };
    const { status, headers: said } = await post({
      url: address,
      headers,
      body: JSON.stringify({ text }),
      signal,
    });
    if (status === 200) return reference;
    const waitMs = retryAfterMs(said, Date.now());
    throw new OutsideError(classify(status), `Slack answered ${status}`, waitMs);
  },
});

function classify(status: number): ErrorClass {
  if (status === 429) return 'rate_limited';
  // The webhook was revoked, its channel archived or its app removed: only a new address helps.
  if (status === 403 || status === 404 || status === 410) return 'auth';
  return status >= 500 ? 'unavailable' : 'invalid';
}
