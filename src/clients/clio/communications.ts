/** The call itself, in Clio's telephone log. It has no field for duration or direction: both stand in the text. */
import { z } from 'zod';
import type { PayloadOf } from '../../domain/writes.js';
import type { ClioClient } from './client.js';
import {
  carriesExternal,
  EXTERNAL_PROPERTIES,
  ExternalProperties,
  externalReference,
} from './external-reference.js';
import { Association, expectKept, sameInstant } from './kept.js';

const Made = z.object({
  id: z.number(),
  received_at: z.string().nullish(),
  matter: Association,
  senders: z.array(z.object({ id: z.number() })).nullish(),
  external_properties: ExternalProperties,
});
const FIELDS = `id,received_at,matter{id},senders{id},${EXTERNAL_PROPERTIES}`;

/**
 * @param userId who in the firm took the call: the user HERMES acts as. Undefined: nobody is named.
 * @throws OutsideError `conflict` when Clio dropped a part of it.
 */
export async function createPhoneCommunication(
  clio: ClioClient,
  payload: PayloadOf<'clio.communication.create'>,
  userId: number | undefined,
  reference: string,
): Promise<{ id: string; referenced: boolean }> {
  const { contactId, matterId, subject, body, receivedAt } = payload;
  const data = {
    type: 'PhoneCommunication',
    subject,
    body,
    received_at: receivedAt,
    senders: [{ id: contactId, type: 'Contact' }],
    ...(userId !== undefined && { receivers: [{ id: userId, type: 'User' }] }),
    ...(matterId !== undefined && { matter: { id: matterId } }),
    external_properties: externalReference(reference),
  };
  const made = await clio.create('communications', FIELDS, data, Made);
  const referenced = carriesExternal(made.external_properties, reference);
  if (referenced)
    expectKept('communication', String(made.id), {
      received_at: sameInstant(receivedAt, made.received_at),
      senders: (made.senders ?? []).some(({ id }) => id === contactId),
      matter: matterId === undefined || made.matter?.id === matterId,
    });
  return { id: String(made.id), referenced };
}
