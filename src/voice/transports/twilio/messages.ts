/** Twilio Media Streams, bidirectional: the messages both ways. Numbers come as strings. */
import { z } from 'zod';
import { MULAW_RATE_HZ } from '../../audio/mulaw.js';

const NumberText = z.union([
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
  z.int().nonnegative(),
]);
const Sid = z.string().min(1).max(64);

const StreamMessage = z.discriminatedUnion('event', [
  z.object({ event: z.literal('connected') }),
  z.object({
    event: z.literal('start'),
    streamSid: Sid,
    start: z.object({
      /** Anything else would be noise to us. */
      mediaFormat: z.object({
        encoding: z.literal('audio/x-mulaw'),
        sampleRate: NumberText.pipe(z.literal(MULAW_RATE_HZ)),
      }),
      /** What our TwiML put into `<Parameter>`. */
      customParameters: z.record(z.string(), z.string()).default({}),
    }),
  }),
  z.object({
    event: z.literal('media'),
    media: z.object({
      track: z.string().optional(),
      /** Milliseconds from the start of the stream to the first sample. */
      timestamp: NumberText,
      payload: z.base64().min(4),
    }),
  }),
  z.object({ event: z.literal('dtmf'), dtmf: z.object({ digit: z.string().regex(/^[0-9*#A-D]$/) }) }),
  z.object({ event: z.literal('mark'), mark: z.object({ name: z.string().max(64) }) }),
  z.object({ event: z.literal('stop') }),
]);
export type StreamMessage = z.infer<typeof StreamMessage>;

const knownEvents: ReadonlySet<unknown> = new Set(StreamMessage.options.map((o) => o.shape.event.value));
const Envelope = z.object({ event: z.string() });

/**
 * Reads one text frame.
 * @returns the message; 'unknown' for an event this version does not know (the protocol may grow); null for what no
 * honest peer sends.
 */
export function readStreamMessage(text: string): StreamMessage | 'unknown' | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  const envelope = Envelope.safeParse(json);
  if (!envelope.success) return null;
  if (!knownEvents.has(envelope.data.event)) return 'unknown';
  return StreamMessage.safeParse(json).data ?? null;
}

/** Messages to one stream as text. Joined by hand: 50 a second and call, and nothing in them needs escaping but the id. */
export function streamWriter(streamSid: string): {
  media: (mulaw: Buffer) => string;
  mark: (name: string) => string;
  clear: string;
} {
  const sid = JSON.stringify(streamSid);
  return {
    media: (mulaw) =>
      `{"event":"media","streamSid":${sid},"media":{"payload":"${mulaw.toString('base64')}"}}`,
    mark: (name) => `{"event":"mark","streamSid":${sid},"mark":{"name":"${name}"}}`,
    clear: `{"event":"clear","streamSid":${sid}}`,
  };
}
