/** The events a client of the OpenAI Realtime API sends (GA names), as far as a call can answer them. */
import { z } from 'zod';

export const AudioFormat = z.discriminatedUnion('type', [
  /** PCM16, little-endian, mono. */
  z.object({ type: z.literal('audio/pcm'), rate: z.literal(24_000).default(24_000) }),
  /** G.711 mu-law and A-law, 8 kHz. */
  z.object({ type: z.literal('audio/pcmu') }),
  z.object({ type: z.literal('audio/pcma') }),
]);
export type AudioFormat = z.infer<typeof AudioFormat>;

/** What of a session can be set; everything else is let through, to be told that it was not. */
export const SessionRequest = z.looseObject({
  type: z.literal('realtime').optional(),
  model: z.string().max(100).optional(),
  output_modalities: z
    .array(z.enum(['audio', 'text']))
    .length(1)
    .optional(),
  audio: z
    .looseObject({
      input: z
        .looseObject({
          format: AudioFormat.optional(),
          turn_detection: z
            .looseObject({
              type: z.string(),
              silence_duration_ms: z.int().optional(),
              prefix_padding_ms: z.int().optional(),
            })
            .nullish(),
        })
        .optional(),
      output: z.looseObject({ format: AudioFormat.optional() }).optional(),
    })
    .optional(),
});
export type SessionRequest = z.infer<typeof SessionRequest>;

/** Longest typed turn, as on the native transport. */
const MAX_TYPED_CHARS = 4_000;
const Id = z.string().min(1).max(64);
const event_id = z.string().max(512).optional();

const ClientEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('session.update'), event_id, session: SessionRequest }),
  z.object({ type: z.literal('input_audio_buffer.append'), event_id, audio: z.string() }),
  z.object({ type: z.literal('input_audio_buffer.commit'), event_id }),
  z.object({ type: z.literal('input_audio_buffer.clear'), event_id }),
  z.object({
    type: z.literal('conversation.item.create'),
    event_id,
    previous_item_id: Id.nullish(),
    item: z.object({
      type: z.string(),
      id: Id.nullish(),
      role: z.string().optional(),
      content: z
        .array(z.object({ type: z.string(), text: z.string().max(MAX_TYPED_CHARS).nullish() }))
        .max(50)
        .optional(),
    }),
  }),
  z.object({
    type: z.literal('conversation.item.truncate'),
    event_id,
    item_id: Id,
    content_index: z.int().nonnegative(),
    audio_end_ms: z.number().nonnegative(),
  }),
  z.object({ type: z.literal('conversation.item.retrieve'), event_id, item_id: Id }),
  z.object({ type: z.literal('conversation.item.delete'), event_id, item_id: Id }),
  z.object({
    type: z.literal('response.create'),
    event_id,
    response: z.record(z.string(), z.unknown()).optional(),
  }),
  z.object({ type: z.literal('response.cancel'), event_id, response_id: Id.nullish() }),
  z.object({ type: z.literal('output_audio_buffer.clear'), event_id }),
]);
export type ClientEvent = z.infer<typeof ClientEvent>;
export type ItemCreate = Extract<ClientEvent, { type: 'conversation.item.create' }>;
export type Truncate = Extract<ClientEvent, { type: 'conversation.item.truncate' }>;

const knownTypes: ReadonlySet<unknown> = new Set(ClientEvent.options.map((o) => o.shape.type.value));
const Envelope = z.object({
  type: z.string().optional().catch(undefined),
  event_id: z.string().max(512).optional().catch(undefined),
});

export type Read =
  | { event: ClientEvent }
  /** `param`: where it is wrong, when that is known. */
  | {
      wrong: 'invalid_json' | 'invalid_event' | 'unknown_event' | 'invalid_value';
      param?: string;
      eventId?: string;
    };

/** Reads one text message. Never throws. */
export function readClientEvent(text: string): Read {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { wrong: 'invalid_json' };
  }
  const envelope = Envelope.safeParse(json).data;
  const sender = envelope?.event_id === undefined ? {} : { eventId: envelope.event_id };
  if (envelope?.type === undefined) return { wrong: 'invalid_event', param: 'type', ...sender };
  if (!knownTypes.has(envelope.type)) return { wrong: 'unknown_event', param: 'type', ...sender };
  const parsed = ClientEvent.safeParse(json);
  if (parsed.success) return { event: parsed.data };
  return { wrong: 'invalid_value', param: pathOf(parsed.error.issues[0]), ...sender };
}

/** Keys of the client's own making may be long. */
const pathOf = (issue: z.core.$ZodIssue | undefined): string =>
  (issue?.path ?? []).map(String).join('.').slice(0, 200);
