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

const APPEND = Buffer.from('{"type":"input_audio_buffer.append","audio":"');

/**
 * Reads an append as nearly every client writes it, without a parser: sound is most of what a session is sent.
 * @returns undefined when it is another event, or this one written in another way.
 */
export function appendedAudio(message: Buffer): Buffer | undefined {
  if (!message.subarray(0, APPEND.length).equals(APPEND)) return undefined;
  const length = message.length - APPEND.length - 2;
  if (length % 4 !== 0 || message.toString('latin1', message.length - 2) !== '"}') return undefined;
  const base64 = message.toString('latin1', APPEND.length, message.length - 2);
  const audio = Buffer.from(base64, 'base64');
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  // Anything that is not base64 is skipped by the decoder, and so comes up short.
  return audio.length === (length / 4) * 3 - padding ? audio : undefined;
}

/** @returns undefined when the message is not JSON or not an event of this API. */
export function parseClientEvent(message: string): ClientEvent | undefined {
  try {
    const parsed = ClientEvent.safeParse(JSON.parse(message));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
