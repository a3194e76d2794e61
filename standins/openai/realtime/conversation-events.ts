import { z } from 'zod';
import { voices } from '../speech/voices.js';

const eventId = { event_id: z.string().max(512).optional() };
const modalities = z.array(z.enum(['audio', 'text'])).min(1);
const instructions = z.string().optional();

/** The API has G.711 as well, which this stand-in does not speak. */
const OutputFormat = z.strictObject({ type: z.literal('audio/pcm'), rate: z.literal(24_000).optional() });

/** What a `session.update` of a conversation may change, as far as a voice needs it. */
export const ConversationUpdate = z.strictObject({
  type: z.literal('realtime'),
  model: z.string().optional(),
  // Not both: the API refuses that since general availability.
  output_modalities: modalities.max(1).optional(),
  instructions,
  audio: z
    .strictObject({
      input: z.looseObject({ turn_detection: z.looseObject({}).nullish() }).optional(),
      output: z
        .strictObject({
          format: OutputFormat.optional(),
          voice: voices.optional(),
          speed: z.number().min(0.25).max(1.5).optional(),
        })
        .optional(),
    })
    .optional(),
});
export type ConversationUpdate = z.output<typeof ConversationUpdate>;

/** The same before general availability: flat, and with other names. */
export const BetaConversationUpdate = z
  .strictObject({
    modalities: modalities.optional(),
    instructions,
    voice: voices.optional(),
    output_audio_format: z.literal('pcm16').optional(),
    turn_detection: z.looseObject({}).nullish(),
  })
  .transform((flat): ConversationUpdate => ({
    type: 'realtime',
    ...(flat.instructions === undefined ? {} : { instructions: flat.instructions }),
    audio: { output: { voice: flat.voice } },
  }));

const Message = z.looseObject({
  type: z.literal('message'),
  role: z.enum(['system', 'user', 'assistant']),
  content: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })),
});

/** What a client may send to a conversation. */
export const ConversationEvent = z.discriminatedUnion('type', [
  z.strictObject({ ...eventId, type: z.literal('session.update'), session: z.unknown() }),
  z.strictObject({
    ...eventId,
    type: z.literal('response.create'),
    response: z
      .looseObject({
        conversation: z.enum(['auto', 'none']).optional(),
        output_modalities: modalities.max(1).optional(),
        modalities: modalities.optional(),
        instructions,
        input: z.array(Message).optional(),
      })
      .optional(),
  }),
  z.strictObject({ ...eventId, type: z.literal('response.cancel'), response_id: z.string().optional() }),
  z.strictObject({ ...eventId, type: z.literal('input_audio_buffer.append'), audio: z.string() }),
]);
export type ConversationEvent = z.output<typeof ConversationEvent>;
export type ResponseOrder = Extract<ConversationEvent, { type: 'response.create' }>['response'];

/** @returns undefined when the message is not JSON or not an event of a conversation. */
export function parseConversationEvent(message: string): ConversationEvent | undefined {
  try {
    const parsed = ConversationEvent.safeParse(JSON.parse(message));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** The texts of an order to speak, its own instructions included, oldest first. */
export const textsOf = (order: ResponseOrder): { role: string; content: string }[] => [
  ...(order?.instructions === undefined ? [] : [{ role: 'system', content: order.instructions }]),
  ...(order?.input ?? []).map(({ role, content }) => ({
    role,
    content: content.map(({ text }) => text ?? '').join('\n'),
  })),
];
