/** What a realtime transcription server says, of either generation, reduced to what an utterance needs to know. */
import { z } from 'zod';

/** Today's message shapes, or those before general availability, which self-hosted servers still speak. */
export type Generation = 'ga' | 'beta';

export type TranscriptionEvent =
  /** The server is there. It speaks first, and shows by how it does so which shapes it understands. */
  | { kind: 'created'; generation: Generation; updateType: string }
  | { kind: 'committed'; itemId: string }
  | { kind: 'completed'; itemId: string; transcript: string }
  | { kind: 'failed'; itemId: string; code: string }
  | { kind: 'error'; eventId: string | undefined; code: string; tooShort: boolean }
  | { kind: 'other' };

const errorBody = z.looseObject({
  type: z.string().nullish(),
  code: z.string().nullish(),
  message: z.string().nullish(),
  event_id: z.string().nullish(),
});

const item = { item_id: z.string() };
const transcription = 'conversation.item.input_audio_transcription';

const Known = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('session.created'),
    session: z.looseObject({ audio: z.unknown().optional() }),
  }),
  z.looseObject({ type: z.literal('transcription_session.created') }),
  z.looseObject({ type: z.literal('input_audio_buffer.committed'), ...item }),
  z.looseObject({ type: z.literal(`${transcription}.completed`), ...item, transcript: z.string() }),
  z.looseObject({ type: z.literal(`${transcription}.failed`), ...item, error: errorBody.nullish() }),
  z.looseObject({ type: z.literal('error'), error: errorBody }),
]);
const knownTypes = new Set<unknown>(Known.options.map(({ shape }) => shape.type.value));
const Envelope = z.looseObject({ type: z.string() });

/**
 * Reads one message. Types that we do not need (deltas, item announcements, rate limits) are `other`.
 * @throws SyntaxError when it is not JSON, ZodError when a type we need has another shape.
 */
export function readTranscriptionEvent(message: string): TranscriptionEvent {
  const event = Envelope.parse(JSON.parse(message));
  if (!knownTypes.has(event.type)) return { kind: 'other' };
  return reduce(Known.parse(event));
}

function reduce(event: z.output<typeof Known>): TranscriptionEvent {
  switch (event.type) {
    case 'session.created': {
      const generation = event.session.audio === undefined ? 'beta' : 'ga';
      return { kind: 'created', generation, updateType: 'session.update' };
    }
    case 'transcription_session.created':
      return { kind: 'created', generation: 'beta', updateType: 'transcription_session.update' };
    case 'input_audio_buffer.committed':
      return { kind: 'committed', itemId: event.item_id };
    case 'conversation.item.input_audio_transcription.completed':
      return { kind: 'completed', itemId: event.item_id, transcript: event.transcript };
    case 'conversation.item.input_audio_transcription.failed':
      return { kind: 'failed', itemId: event.item_id, code: codeOf(event.error) };
    case 'error':
      return {
        kind: 'error',
        eventId: event.error.event_id ?? undefined,
        code: codeOf(event.error),
        tooShort: isTooShort(event.error),
      };
  }
}

type ErrorBody = z.output<typeof errorBody> | null | undefined;

const codeOf = (error: ErrorBody): string => error?.code ?? error?.type ?? 'no code';

/** Whether a commit held less than the 100 ms a server wants. Servers of the beta generation say so in words only. */
const isTooShort = (error: ErrorBody): boolean =>
  error?.code === 'input_audio_buffer_commit_empty' ||
  (error?.code == null && /buffer (is empty|too small)/i.test(error?.message ?? ''));
