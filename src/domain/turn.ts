import { z } from 'zod';
import { lazily } from './lazily.js';

/**
 * One finished utterance. `number` counts from 1 within a call over both speakers and never repeats, which makes
 * delivery idempotent. `atMs` is when the utterance ended, in milliseconds since the epoch.
 */
export const Turn = lazily(() =>
  z.object({
    number: z.int().min(1),
    role: z.enum(['caller', 'agent']),
    text: z.string().max(20_000),
    atMs: z.number().nonnegative(),
    /** How it reached us: recognised speech, or typed text. Agent turns are `spoken`. */
    input: z.enum(['speech', 'typed', 'spoken']),
  }),
);
export type Turn = z.infer<typeof Turn>;

/** Why a call ended. `dropped`: the socket vanished and the reconnect window passed. `transferred`: handed over to a person. */
export const EndReason = lazily(() =>
  z.enum(['caller_hangup', 'agent_closed', 'dropped', 'idle', 'error', 'shutdown', 'transferred']),
);
export type EndReason = z.infer<typeof EndReason>;
