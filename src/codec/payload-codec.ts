import type { Payload, PayloadCodec, SerializationContext } from '@temporalio/common';
import { tenantOfWorkflow } from '../domain/ids.js';
import { PayloadOfOtherTenantError } from './errors.js';
import type { KeyRing } from './key-ring.js';
import { labelOf, open, seal, SHARED } from './sealed-payload.js';

/** Hears of every payload that could not be read; must not throw. */
export type OnUnread = (error: Error) => void;

/**
 * Seals everything that goes to Temporal and opens what comes back. The workflow's id tells the firm: its payloads are
 * sealed for it, and payloads of another firm are not read there. What the SDK encodes without saying for which
 * workflow (the failure of a workflow task, the memo of a schedule) is sealed for nobody in particular, and is read
 * anywhere. What is in clear passes: a person may signal from the command line without the codec server.
 */
export function createPayloadCodec(ring: KeyRing, onUnread: OnUnread): PayloadCodec {
  const tenantOf = (context: SerializationContext | undefined): string | undefined =>
    context?.workflowId === undefined ? undefined : (tenantOfWorkflow(context.workflowId) ?? SHARED);
  const decode = (payload: Payload, found: string | undefined): Payload => {
    const label = labelOf(payload);
    if (!label) return payload;
    if (found !== undefined && label.tenant !== found && label.tenant !== SHARED)
      throw new PayloadOfOtherTenantError(label.tenant, found);
    return open(ring, payload, label);
  };
  return {
    encode: (payloads, context) =>
      settled(() => payloads.map((payload) => seal(ring, payload, tenantOf(context) ?? SHARED))),
    decode: (payloads, context) =>
      settled(() => {
        try {
          return payloads.map((payload) => decode(payload, tenantOf(context)));
        } catch (error) {
          if (error instanceof Error) onUnread(error);
          throw error;
        }
      }),
  };
}

/** The interface is asynchronous, for codecs that ask a key server; ours computes. */
const settled = async <T>(compute: () => T): Promise<T> => Promise.resolve(compute());
