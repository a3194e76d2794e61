import { z } from 'zod';
import { abilityOf } from '../models.js';

export const AudioFormat = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('audio/pcm'), rate: z.literal(24_000).default(24_000) }),
  z.strictObject({ type: z.literal('audio/pcmu') }),
  z.strictObject({ type: z.literal('audio/pcma') }),
]);
export type AudioFormat = z.output<typeof AudioFormat>;

const TurnDetection = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('server_vad'),
    threshold: z.number().min(0).max(1).default(0.5),
    prefix_padding_ms: z.int().min(0).default(300),
    silence_duration_ms: z.int().min(0).default(500),
  }),
  z.strictObject({
    type: z.literal('semantic_vad'),
    eagerness: z.enum(['low', 'medium', 'high', 'auto']).default('auto'),
  }),
]);
export type TurnDetection = z.output<typeof TurnDetection>;

const Transcription = z.strictObject({
  model: z.string(),
  language: z.string().optional(),
  languages: z.array(z.string()).optional(),
  prompt: z.string().optional(),
  keywords: z.array(z.string()).optional(),
  delay: z.enum(['minimal', 'low', 'medium', 'high', 'xhigh']).optional(),
});

/** What a `session.update` may change; fields left out stay as they are. */
export const TranscriptionUpdate = z.strictObject({
  type: z.literal('transcription'),
  audio: z
    .strictObject({
      input: z.strictObject({
        format: AudioFormat.optional(),
        transcription: Transcription.optional(),
        noise_reduction: z.looseObject({ type: z.enum(['near_field', 'far_field']) }).nullish(),
        turn_detection: TurnDetection.nullish(),
      }),
    })
    .optional(),
  include: z.array(z.string()).optional(),
});
export type TranscriptionUpdate = z.output<typeof TranscriptionUpdate>;

/** The same before general availability: flat, and with other names. */
export const BetaUpdate = z
  .strictObject({
    input_audio_transcription: Transcription.optional(),
    turn_detection: TurnDetection.nullish(),
  })
  .transform((flat): TranscriptionUpdate => ({
    type: 'transcription',
    audio: { input: { transcription: flat.input_audio_transcription, turn_detection: flat.turn_detection } },
  }));

export interface Configuration {
  format: AudioFormat;
  transcription: z.output<typeof Transcription> | null;
  /** Undefined: never set, so that the model's own default holds. */
  turnDetection: TurnDetection | null | undefined;
}

export const firstConfiguration = (model: string | undefined): Configuration => ({
  format: { type: 'audio/pcm', rate: 24_000 },
  transcription: model === undefined ? null : { model },
  turnDetection: undefined,
});

/** Why an event is not obeyed, as the `error` event says it. */
export interface Refusal {
  code: string | null;
  message: string;
  param?: string;
}

/** Why a session that cannot be read is refused: the first field that is wrong. */
export function invalidSession(error: z.ZodError): Refusal {
  const issue = error.issues[0];
  const param = `session.${issue?.path.join('.') ?? ''}`;
  return { code: 'invalid_value', message: issue?.message ?? 'Invalid.', param };
}

/** The configuration after an update, or why the update is refused (then nothing changes). */
export function configured(current: Configuration, update: TranscriptionUpdate): Configuration | Refusal {
  const input = update.audio?.input ?? {};
  const next: Configuration = {
    format: input.format ?? current.format,
    transcription: input.transcription ?? current.transcription,
    turnDetection: input.turn_detection === undefined ? current.turnDetection : input.turn_detection,
  };
  const { transcription } = next;
  if (!transcription) return next;
  const ability = abilityOf(transcription.model);
  const path = 'session.audio.input';
  if (ability !== 'transcription' && ability !== 'live_transcription') {
    const message = `Model "${transcription.model}" is not supported for transcription.`;
    return { code: 'invalid_model', message, param: `${path}.transcription.model` };
  }
  if (ability === 'live_transcription' && next.turnDetection) {
    const message = `Turn detection is not supported with ${transcription.model}.`;
    return { code: 'invalid_value', message, param: `${path}.turn_detection` };
  }
  if (transcription.model === 'gpt-realtime-whisper' && transcription.prompt !== undefined) {
    const message = 'gpt-realtime-whisper does not support prompt.';
    return { code: 'invalid_value', message, param: `${path}.transcription.prompt` };
  }
  return next;
}

/** Whether words are sent while audio arrives. */
export const isLive = ({ transcription }: Configuration): boolean =>
  transcription !== null && abilityOf(transcription.model) === 'live_transcription';

/** The turn detection in force: models that can detect turns do so unless they are told not to. */
export function turnDetectionOf(configuration: Configuration): TurnDetection | null {
  const { turnDetection, transcription } = configuration;
  if (turnDetection !== undefined) return turnDetection;
  if (!transcription || isLive(configuration)) return null;
  return { type: 'server_vad', threshold: 0.5, prefix_padding_ms: 300, silence_duration_ms: 500 };
}
