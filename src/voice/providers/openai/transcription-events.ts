/** What a realtime transcription server says, of either generation, reduced to what an utterance needs to know. */
import { z } from 'zod';

export type TranscriptionEvent =
  /** The server's own turn detection: an item begins, or ends and is about to be committed. */
  | { kind: 'speech_started' | 'committed'; itemId: string }
  /** `endMs`: where in the sound sent so far, in milliseconds; undefined where the server does not say. */
  | { kind: 'speech_stopped'; itemId: string; endMs: number | undefined }
  /** More words of an item. */
  | { kind: 'delta'; itemId: string; delta: string }
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
const buffer = 'input_audio_buffer';

const Known = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal(`${buffer}.speech_started`), ...item }),
  z.looseObject({ type: z.literal(`${buffer}.speech_stopped`), ...item, audio_end_ms: z.number().nullish() }),
  z.looseObject({ type: z.literal(`${buffer}.committed`), ...item }),
  z.looseObject({ type: z.literal(`${transcription}.delta`), ...item, delta: z.string().nullish() }),
  z.looseObject({ type: z.literal(`${transcription}.completed`), ...item, transcript: z.string() }),
  z.looseObject({ type: z.literal(`${transcription}.failed`), ...item, error: errorBody.nullish() }),
  z.looseObject({ type: z.literal('error'), error: errorBody }),
]);
const knownTypes = new Set<unknown>(Known.options.map(({ shape }) => shape.type.value));
const Envelope = z.object({ type: z.string() });

/**
 * Reads one message after the greeting. Types that we do not need (item announcements, rate limits) are `other`.
 * @throws SyntaxError when it is not JSON, ZodError when a type we need has another shape.
 */
export function readTranscriptionEvent(message: string): TranscriptionEvent {
  const event: unknown = JSON.parse(message);
  return knownTypes.has(Envelope.parse(event).type) ? reduce(Known.parse(event)) : { kind: 'other' };
}

function reduce(event: z.output<typeof Known>): TranscriptionEvent {
  switch (event.type) {
    case 'input_audio_buffer.speech_started':
      return { kind: 'speech_started', itemId: event.item_id };
    case 'input_audio_buffer.speech_stopped':
      return { kind: 'speech_stopped', itemId: event.item_id, endMs: event.audio_end_ms ?? undefined };
    case 'input_audio_buffer.committed':
      return { kind: 'committed', itemId: event.item_id };
    case 'conversation.item.input_audio_transcription.delta':
      return { kind: 'delta', itemId: event.item_id, delta: event.delta ?? '' };
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
