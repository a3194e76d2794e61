/** The session that a transcription asks for, in the words of either generation. */
import { PCM_RATE_HZ, type UplinkFormat } from './audio-uplink.js';
import type { Generation } from './realtime-greeting.js';

export interface TranscriptionSettings {
  model: string;
  /** ISO 639-1; undefined lets the model guess. */
  language: string | undefined;
  audioFormat: UplinkFormat;
  /** Who cuts the caller's words into items: `client` makes one of an utterance, `server` one at every pause. */
  turnDetection: 'client' | 'server';
  /** Pause at which the server cuts, in milliseconds; undefined leaves it to the server. */
  serverSilenceMs: number | undefined;
  /** Longest wait for the server's first word, and again for the transcript after `finish`, in milliseconds. */
  timeoutMs: number;
}

/** Servers of the beta generation object to `input_audio_format`, so they get its one value that all of them know. */
export const uplinkFormatFor = (generation: Generation, settings: TranscriptionSettings): UplinkFormat =>
  generation === 'beta' ? 'pcm' : settings.audioFormat;

export function transcriptionSession(generation: Generation, settings: TranscriptionSettings): object {
  const { model, language, serverSilenceMs } = settings;
  const transcription = { model, ...(language === undefined ? {} : { language }) };
  const silence = serverSilenceMs === undefined ? {} : { silence_duration_ms: serverSilenceMs };
  const turn_detection = settings.turnDetection === 'server' ? { type: 'server_vad', ...silence } : null;
  if (generation === 'beta') return { input_audio_transcription: transcription, turn_detection };
  const format =
    uplinkFormatFor(generation, settings) === 'pcmu'
      ? { type: 'audio/pcmu' }
      : { type: 'audio/pcm', rate: PCM_RATE_HZ };
  return { type: 'transcription', audio: { input: { format, transcription, turn_detection } } };
}
