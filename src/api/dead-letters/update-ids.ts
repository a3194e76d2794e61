import { createHmac, hkdfSync } from 'node:crypto';
import type { Resolution } from '../../workflows/messages.js';

/** The id under which a decision is handed to its workflow: equal for the same decision, so that Temporal takes it once. */
export type UpdateIds = (workflowId: string, resolution: Resolution) => string;

/**
 * Ids stand in clear in Temporal's history, and a plain digest of a decision could be tried against guessed names: they
 * are made under a key that is derived from the installation's secret, the same on every edge.
 * @param secret HERMES_SECRET_KEY, 32 bytes.
 */
export function createUpdateIds(secret: Uint8Array): UpdateIds {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'hermes update ids', 32));
  return (workflowId, resolution) => {
    const { action, expectedRevision = 0 } = resolution;
    const mark = createHmac('sha256', key)
      .update(`${workflowId}\n${JSON.stringify(resolution)}`)
      .digest('hex');
    return `${action}-r${expectedRevision}-${mark.slice(0, 32)}`;
  };
}
