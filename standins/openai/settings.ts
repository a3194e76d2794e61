import { z } from 'zod';

const milliseconds = z.int().min(0).max(60_000);
/** How long something takes: a fixed part, and a part chosen afresh each time, up to the given length. */
const pace = { firstMs: milliseconds.default(0), jitterMs: milliseconds.default(0) };

/** What may be changed through `POST /__control/config`. The defaults answer at once. */
export const Settings = z.object({
  /** The one key that is let in. */
  apiKey: z.string().min(1).default('sk-standin'),
  /** Until the first chunk of an answer, and between chunks. */
  chat: z.strictObject({ ...pace, gapMs: milliseconds.default(0) }).prefault({}),
  /** Until the first sound, and between chunks of 40 ms of sound. */
  speech: z.strictObject({ ...pace, gapMs: milliseconds.default(0) }).prefault({}),
  /** From the commit (or the end of an upload) to the final transcript. */
  transcript: z.strictObject(pace).prefault({}),
  /** Cuts every stream into writes of so many bytes, inside characters and samples too; 0 leaves chunks whole. */
  writeBytes: z.int().min(0).max(65_536).default(0),
  /** Message shapes of the realtime socket: today's, or those before general availability (self-hosted servers). */
  realtimeGeneration: z.enum(['ga', 'beta']).default('ga'),
  /** Like api.openai.com, where `model` in the URL opens a conversation, or like a gateway that routes by it. */
  modelInUrl: z.enum(['conversation', 'required']).default('conversation'),
  /** What `GET /models` answers in place of the list: self-hosted servers have other fields, or none. */
  modelList: z.record(z.string(), z.unknown()).nullable().default(null),
  /** Completes turns of a realtime socket in pairs, the later one first. */
  swapCompletions: z.boolean().default(false),
});
export type Settings = z.output<typeof Settings>;
