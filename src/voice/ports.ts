/**
 * What the call needs from the outside, as interfaces. Providers implement the three speech and language ports;
 * composition roots implement the rest. Nothing here knows SQL, HTTP routes or Temporal.
 *
 * Audio everywhere inside the call is PCM16 mono at 16,000 Hz in frames of 20 ms (320 samples); providers resample at
 * their own edge.
 */
import type { TenantId, CallId } from '../domain/ids.js';
import type { EndReason, Turn } from '../domain/turn.js';
import type { TurnSpeculation, TurnTiming } from '../domain/latency.js';

export const SAMPLE_RATE_HZ = 16_000;
export const FRAME_MS = 20;
export const FRAME_SAMPLES = 320;
export const FRAME_BYTES = 640;

/** A provider failed: which stage, whether waiting may help. The message never holds what was said. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  constructor(
    readonly stage: 'stt' | 'llm' | 'tts',
    readonly kind: 'unavailable' | 'timeout' | 'refused' | 'garbage',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** One utterance being recognised. */
export interface Recognition {
  /** Takes one 20 ms frame; never blocks and never throws (a broken stream reports at `finish`). */
  push(frame: Int16Array): void;
  /** All words so far, as they may still change; '' before the first. Absent where the engine tells none before the end. */
  partial?(): string;
  /**
   * Tells the engine that the caller has finished and waits for the final words ('' when nothing was recognised).
   * @throws ProviderError
   */
  finish(signal: AbortSignal): Promise<string>;
  /** Gives the engine's resources back without a result. Safe to call twice and after `finish`. */
  cancel(): void;
}

export interface SpeechToText {
  readonly name: string;
  /** Starts an utterance. Returns at once; connection trouble surfaces at `finish`. */
  start(): Recognition;
  /**
   * A call begins: prepares what its first use would wait for (connections). Returns at once, never throws; may be called
   * often. Absent where there is nothing to prepare.
   */
  prewarm?(): void;
  close(): Promise<void>;
}

/** What the model is asked to word. The act and its template text are decided by code (domain/agent). */
export interface WordingRequest {
  /** System text: persona, firm name, limits. */
  instructions: string;
  /** Conversation so far, oldest first, as heard. */
  history: readonly Pick<Turn, 'role' | 'text'>[];
  /** The act chosen by the policy, with the exact meaning to convey and a ready sentence. */
  act: { kind: string; template: string };
}

export interface LanguageModel {
  readonly name: string;
  /** Streams the wording piece by piece. Aborting `signal` really cancels the upstream request. @throws ProviderError */
  word(request: WordingRequest, signal: AbortSignal): AsyncIterable<string>;
  /** As for `SpeechToText`. @param instructions what the call's requests will begin with, where that is known. */
  prewarm?(instructions?: string): void;
  close(): Promise<void>;
}

export interface TextToSpeech {
  readonly name: string;
  /** Streams PCM16 16 kHz chunks of any length, first as early as possible. @throws ProviderError */
  speak(text: string, signal: AbortSignal): AsyncIterable<Int16Array>;
  /** As for `SpeechToText`. */
  prewarm?(): void;
  close(): Promise<void>;
}

/** The three engines of a call. `stt`/`tts` are null on a machine that can only take typed calls. */
export interface Providers {
  stt: SpeechToText | null;
  llm: LanguageModel;
  tts: TextToSpeech | null;
}

/** One durable fact of a call, as the journal holds and delivers it. `seq` counts from 1 within a call. */
export type JournalEvent =
  | { kind: 'turn'; turn: Turn }
  /** The socket vanished without a goodbye: the reconnect window starts. */
  | { kind: 'connection_lost'; atMs: number }
  /** The caller is back within the window. */
  | { kind: 'connection_restored'; atMs: number }
  | { kind: 'ended'; reason: EndReason; atMs: number; lastTurn: number };

/** What the journal and the intake need to know of a call, fixed at its start. */
export interface CallHeader {
  tenantId: TenantId;
  callId: CallId;
  startedAtMs: number;
}

/**
 * Where facts of a call go so that they survive this process. `append` returns at once and is never awaited by the
 * audio loop: it queues the event for a group commit and later delivery.
 */
export interface CallJournal {
  append(call: CallHeader, event: JournalEvent): void;
}

/**
 * Delivers journalled events to the durable intake. Called off the audio path, at least once per event, in order per
 * call; resolves when they are safely handed over, rejects to be tried again later.
 */
export interface IntakeSink {
  deliver(call: CallHeader, events: readonly JournalEvent[]): Promise<void>;
}

/** Takes the timing of one answered turn, and what became of its eager start. Must return in microseconds. */
export interface TimingSink {
  record(tenantId: TenantId, timing: TurnTiming, speculation: TurnSpeculation): void;
  /** A turn that got no reply, or a degraded one. */
  recordError(tenantId: TenantId): void;
}
