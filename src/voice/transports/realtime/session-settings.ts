/** What a client may set of its session, what the firm has set already, and telling the two apart. */
import type { RealtimeSessionCreateRequest } from 'openai/resources/realtime/realtime';
import type { SessionOptions } from '../../session/options.js';
import type { AudioFormat, SessionRequest } from './client-events.js';

/** What cannot be set, for telling. */
export interface SessionFacts {
  id: string;
  /** Names of the engines; null where nobody hears or speaks. */
  stt: string | null;
  tts: string | null;
}

export interface SessionSettings {
  /** As the client named it; the firm's models are its own choice. */
  model: string;
  input: AudioFormat;
  output: AudioFormat;
}

const PCM: AudioFormat = { type: 'audio/pcm', rate: 24_000 };
/** A shorter pause is a gap within words, a longer one leaves the caller wondering whether the line is dead. */
const SILENCE_MS = { min: 200, max: 3_000 };
const PADDING_MS = { min: 0, max: 1_000 };
/** More paths than this tell a reader nothing. */
const MAX_PATHS = 20;
/** The detector has no threshold; a client that names the usual one means nothing by it. */
const HINTS: ReadonlySet<string> = new Set(['audio.input.turn_detection.threshold']);

export const initialSettings = (model: string): SessionSettings => ({ model, input: PCM, output: PCM });

/** The session as it is, in the shape of the Realtime API. */
export function describeSession(
  { model, input, output }: SessionSettings,
  options: Pick<SessionOptions, 'output' | 'rules' | 'preRollMs'>,
  { id, stt, tts }: SessionFacts,
): RealtimeSessionCreateRequest {
  const session = {
    type: 'realtime' as const,
    object: 'realtime.session',
    id,
    model,
    output_modalities: [options.output],
    tools: [],
    tool_choice: 'auto' as const,
    max_output_tokens: 'inf' as const,
    audio: {
      input: {
        format: input,
        ...(stt !== null && { transcription: { model: stt } }),
        turn_detection: {
          type: 'server_vad' as const,
          prefix_padding_ms: options.preRollMs,
          silence_duration_ms: options.rules.silenceMs,
          create_response: true,
          interrupt_response: true,
        },
      },
      output: { format: output, speed: 1, ...(tts !== null && { voice: tts }) },
    },
  };
  return session;
}

/**
 * Takes over what a client may set: formats, modality, and the pause and padding of turn detection within limits.
 * Changes `settings` and `options` in place; the call reads both anew each time. Whatever else was asked for is left.
 */
export function applyUpdate(
  asked: SessionRequest,
  settings: SessionSettings,
  options: SessionOptions,
  canSpeak: boolean,
): void {
  settings.model = asked.model ?? settings.model;
  settings.input = asked.audio?.input?.format ?? settings.input;
  settings.output = asked.audio?.output?.format ?? settings.output;
  const [modality] = asked.output_modalities ?? [];
  if (modality !== undefined && canSpeak) options.output = modality;
  const detection = asked.audio?.input?.turn_detection;
  if (detection?.type !== 'server_vad') return;
  const { silence_duration_ms: silenceMs, prefix_padding_ms: preRollMs } = detection;
  if (isWithin(silenceMs, SILENCE_MS)) options.rules = { ...options.rules, silenceMs };
  if (isWithin(preRollMs, PADDING_MS)) options.preRollMs = preRollMs;
}

const isWithin = (ms: number | undefined, { min, max }: { min: number; max: number }): ms is number =>
  ms !== undefined && ms >= min && ms <= max;

/**
 * Where the session is not what was asked for.
 * @param held the session after the update. @returns paths such as `session.audio.output.voice`.
 */
export const notHonoured = (asked: SessionRequest, held: unknown): string[] =>
  differences(asked, held, '')
    .filter((path) => !HINTS.has(path))
    .slice(0, MAX_PATHS)
    .map((path) => `session.${path}`);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Goes no deeper than our own session does. */
function differences(asked: unknown, held: unknown, path: string): string[] {
  if (isRecord(asked) && isRecord(held))
    return Object.entries(asked).flatMap(([key, value]) => {
      const name = key.slice(0, 64);
      return differences(
        value,
        Object.hasOwn(held, key) ? held[key] : undefined,
        path ? `${path}.${name}` : name,
      );
    });
  const same = held === undefined ? isNothing(asked) : JSON.stringify(asked) === JSON.stringify(held);
  return same ? [] : [path];
}

const isNothing = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
