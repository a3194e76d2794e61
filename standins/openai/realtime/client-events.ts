import { z } from 'zod';

const eventId = { event_id: z.string().max(512).optional() };
/** The API's limit on one append. */
export const MAX_APPEND_BYTES = 15 * 1024 * 1024;

/** What a client may send. The session inside an update is checked later, by the generation in use. */
export const ClientEvent = z.discriminatedUnion('type', [
  z.strictObject({ ...eventId, type: z.literal('session.update'), session: z.unknown() }),
  z.strictObject({ ...eventId, type: z.literal('transcription_session.update'), session: z.unknown() }),
  z.strictObject({ ...eventId, type: z.literal('input_audio_buffer.append'), audio: z.base64() }),
  z.strictObject({ ...eventId, type: z.literal('input_audio_buffer.commit') }),
  z.strictObject({ ...eventId, type: z.literal('input_audio_buffer.clear') }),
]);
export type ClientEvent = z.output<typeof ClientEvent>;

/** @returns undefined when the message is not JSON or not an event of this API. */
export function parseClientEvent(message: string): ClientEvent | undefined {
  try {
    const parsed = ClientEvent.safeParse(JSON.parse(message));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
