import { turnDetectionOf, type Configuration } from './configuration.js';

/** Believed length of a session; clients should trust `expires_at`. */
const SESSION_SECONDS = 3_600;

/** The session object of `session.created` and `session.updated`. @param openedAtMs milliseconds since the epoch. */
export function shownSession(
  configuration: Configuration,
  id: string,
  openedAtMs: number,
  beta: boolean,
): object {
  const { format, transcription } = configuration;
  const detection = turnDetectionOf(configuration);
  if (beta) {
    return {
      id,
      model: 'gpt-4o-realtime-preview',
      input_audio_format: 'pcm16',
      input_audio_transcription: transcription,
      turn_detection: detection,
    };
  }
  return {
    id,
    object: 'realtime.transcription_session',
    type: 'transcription',
    expires_at: Math.floor(openedAtMs / 1_000) + SESSION_SECONDS,
    audio: { input: { format, transcription, noise_reduction: null, turn_detection: detection } },
    include: null,
  };
}
