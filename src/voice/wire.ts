/**
 * Native transport, `WS /api/v1/voice/stream`: JSON control frames and binary audio (PCM16 LE mono 16 kHz, exactly one
 * 20 ms frame of 640 bytes per message, both ways). The first message must be `start`, within 5 s.
 */
import { z } from 'zod';
import { speculationOutcomes } from '../domain/latency.js';

export const ClientMessage = z.discriminatedUnion('type', [
  /**
   * Claims the session. `input: 'text'` promises that no audio will come (typed call). Sent again on a new socket within
   * a minute of the line's breaking, with the same token, it takes the call up where it was.
   */
  z.strictObject({
    type: z.literal('start'),
    token: z.string().min(10).max(500),
    input: z.enum(['audio', 'text']).default('audio'),
    /** What the caller wants back: spoken audio, or only text. */
    output: z.enum(['audio', 'text']).default('audio'),
  }),
  /** A typed turn; always allowed once started. */
  z.strictObject({ type: z.literal('text'), text: z.string().trim().min(1).max(4_000) }),
  /** A key of the telephone; rows of keys become turns. `#` ends a row, `*` begins it anew, a pause ends it too. */
  z.strictObject({ type: z.literal('dtmf'), digit: z.string().regex(/^[0-9*#A-D]$/) }),
  /** The caller hangs up. */
  z.strictObject({ type: z.literal('end') }),
  z.strictObject({ type: z.literal('ping'), id: z.string().max(64).optional() }),
]);
export type ClientMessage = z.infer<typeof ClientMessage>;

/** Close codes (RFC 6455 private range) and why. 1009 is ws's own code for an oversize message. */
export const closeCodes = {
  /** Normal end of the call. */
  ended: 1000,
  /** Server is shutting down. */
  goingAway: 1001,
  /** A defect of ours. */
  internal: 1011,
  /** A message that is not in this protocol, or too many bad ones. */
  protocol: 4400,
  /** Token unknown, expired or for another tenant. */
  token: 4401,
  /** No `start` in time. */
  startTimeout: 4408,
  /** Token already used by a call, and its caller is on the line. */
  replayed: 4409,
  /** The server has no room for another call. */
  busy: 4429,
} as const;

export const ErrorCode = z.enum([
  'bad_json',
  'bad_message',
  'bad_frame',
  'not_started',
  'already_started',
  'bad_token',
  'replayed_token',
  'start_timeout',
  'no_speech_engine',
  'provider_failed',
  'internal',
  'too_many_errors',
  'busy',
]);
export type ErrorCode = z.infer<typeof ErrorCode>;

export const ServerMessage = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('ready'),
    callId: z.string(),
    stt: z.string().nullable(),
    tts: z.string().nullable(),
    llm: z.string(),
    frameMs: z.literal(20),
    sampleRateHz: z.literal(16_000),
    /** The line had broken: this is the same call, and it goes on where it was. */
    resumed: z.literal(true).optional(),
  }),
  /** The caller's finished turn as understood. */
  z.object({ type: z.literal('heard'), turn: z.int(), text: z.string(), input: z.enum(['speech', 'typed']) }),
  /** Voice activity, for meters: the caller started or stopped speaking. */
  z.object({ type: z.literal('speech'), state: z.enum(['started', 'stopped']) }),
  /** Words of the agent's turn as they are produced; binary frames follow as they are paced. */
  z.object({ type: z.literal('reply'), turn: z.int(), text: z.string() }),
  /** The agent's turn is over (all audio handed to the socket, or cut off); `timing` in milliseconds. */
  z.object({
    type: z.literal('reply_done'),
    turn: z.int(),
    text: z.string(),
    interrupted: z.boolean(),
    timing: z.record(z.string(), z.number()),
    /** What became of the answer prepared before the caller had surely finished; absent when the agent spoke unasked. */
    speculation: z
      .object({ outcome: z.enum(speculationOutcomes), wasted: z.int(), wastedChars: z.int() })
      .optional(),
  }),
  /** Drop any buffered agent audio now. */
  z.object({ type: z.literal('clear') }),
  z.object({ type: z.literal('pong'), id: z.string().optional() }),
  z.object({ type: z.literal('error'), code: ErrorCode, message: z.string(), action: z.string() }),
  /** A person takes over: call `to` (E.164) with the caller; `summary` is for the person alone. `ended` follows. */
  z.object({ type: z.literal('transfer'), to: z.string(), summary: z.string() }),
  z.object({ type: z.literal('ended'), reason: z.string() }),
]);
export type ServerMessage = z.infer<typeof ServerMessage>;
