/** What a realtime conversation server says while it speaks, of either generation, reduced to what we need. */
import { z } from 'zod';

export type SpeechEvent =
  /** Base64 of PCM16 at 24,000 Hz. */
  | { kind: 'audio'; delta: string }
  | { kind: 'transcript'; delta: string }
  | { kind: 'done'; status: string; code: string | undefined }
  | { kind: 'error'; eventId: string | undefined; code: string }
  | { kind: 'other' };

const errorBody = z
  .looseObject({ type: z.string().nullish(), code: z.string().nullish(), event_id: z.string().nullish() })
  .nullish();

const Delta = z.looseObject({ delta: z.string() });
const Done = z.looseObject({
  response: z.looseObject({
    status: z.string(),
    status_details: z.looseObject({ reason: z.string().nullish(), error: errorBody }).nullish(),
  }),
});
const Refused = z.looseObject({ error: errorBody });
const Envelope = z.looseObject({ type: z.string() });

/** @throws SyntaxError when it is not JSON, ZodError when a type we need has another shape. */
export function readSpeechEvent(message: string): SpeechEvent {
  const event = Envelope.parse(JSON.parse(message));
  switch (event.type) {
    case 'response.output_audio.delta':
    case 'response.audio.delta':
      return { kind: 'audio', delta: Delta.parse(event).delta };
    case 'response.output_audio_transcript.delta':
    case 'response.audio_transcript.delta':
      return { kind: 'transcript', delta: Delta.parse(event).delta };
    case 'response.done': {
      const { status, status_details: details } = Done.parse(event).response;
      const code = details?.error?.code ?? details?.error?.type ?? details?.reason ?? undefined;
      return { kind: 'done', status, code };
    }
    case 'error': {
      const { error } = Refused.parse(event);
      const code = error?.code ?? error?.type ?? 'no code';
      return { kind: 'error', eventId: error?.event_id ?? undefined, code };
    }
    default:
      return { kind: 'other' };
  }
}
