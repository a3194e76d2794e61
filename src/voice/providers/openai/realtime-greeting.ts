/** The first words of a realtime server, which tell what it understands. */
import { z } from 'zod';
import { ProviderError } from '../../ports.js';
import { kindOf } from './failure.js';

/** Today's message shapes, or those before general availability, which self-hosted servers still speak. */
export type Generation = 'ga' | 'beta';

export interface Greeting {
  generation: Generation;
  /** When the server will end the session, in milliseconds since the epoch; Infinity where it does not say. */
  expiresAtMs: number;
  /** Type of the event that configures the session. */
  updateType: 'session.update' | 'transcription_session.update';
}

const Refused = z.looseObject({
  type: z.literal('error'),
  error: z.looseObject({ type: z.string().nullish(), code: z.string().nullish() }),
});

const Created = z.looseObject({
  type: z.enum(['session.created', 'transcription_session.created']),
  session: z.looseObject({ audio: z.unknown().optional(), expires_at: z.number().nullish() }).optional(),
});

/**
 * @throws SyntaxError when it is not JSON, ZodError when it is no greeting, ProviderError when it is an error: the server
 * has no such model, or too much to do.
 */
export function readGreeting(stage: ProviderError['stage'], message: string): Greeting {
  const event: unknown = JSON.parse(message);
  const refused = Refused.safeParse(event);
  if (refused.success) {
    const code = refused.data.error.code ?? refused.data.error.type ?? 'no code';
    throw new ProviderError(stage, kindOf(undefined, code), `The server refused (${code}).`);
  }
  const { type, session } = Created.parse(event);
  const conversation = type === 'session.created';
  return {
    generation: conversation && session?.audio !== undefined ? 'ga' : 'beta',
    expiresAtMs: session?.expires_at ? session.expires_at * 1_000 : Infinity,
    updateType: conversation ? 'session.update' : 'transcription_session.update',
  };
}
