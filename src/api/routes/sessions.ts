import type { Pool } from 'pg';
import { z } from 'zod';
import { CallId } from '../../domain/ids.js';
import { E164 } from '../../domain/intake.js';
import type { App } from '../app-types.js';
import { openCall } from '../open-call.js';
import { identityOf } from '../plugins/auth.js';
import { problemAnswers } from '../plugins/openapi.js';

export interface SessionDeps {
  pool: Pool;
  /** How callers reach this edge, e.g. `https://voice.example.com`. */
  publicUrl: string;
}

/** Path of the native transport. */
export const NATIVE_STREAM_PATH = '/api/v1/voice/stream';
/** Path of the realtime transport: where clients of the OpenAI Realtime API look for it. */
export const REALTIME_PATH = '/v1/realtime';

const Ask = z
  .strictObject({
    caller_id: E164.optional()
      .describe(
        'The line the caller is on, if you know it: the number to call back when the caller gives none.',
      )
      .meta({ examples: ['+15125550142'] }),
  })
  .nullish();

const Session = z
  .object({
    session_id: CallId.describe('Id of the call.').meta({ examples: ['call_0123456789abcdefghij'] }),
    token: z
      .string()
      .describe(
        'Goes into the first message on the native socket, or is the API key of a realtime client. For one call only.',
      ),
    expires_at: z.iso.datetime().describe('The call must have begun by then.'),
    urls: z.object({
      native: z
        .string()
        .describe('WebSocket of the native transport.')
        .meta({
          examples: ['wss://voice.example.com/api/v1/voice/stream'],
        }),
      realtime: z
        .string()
        .describe(
          'WebSocket for clients of the OpenAI Realtime API (base URL without `/realtime`): bearer token, or subprotocol `openai-insecure-api-key.<token>`.',
        )
        .meta({
          examples: ['wss://voice.example.com/v1/realtime'],
        }),
    }),
  })
  .describe('The call may be opened.');

/** Opening a call. */
export function sessionRoutes(app: App, deps: SessionDeps): void {
  const root = deps.publicUrl.replace(/^http/, 'ws').replace(/\/+$/, '');
  const urls = { native: root + NATIVE_STREAM_PATH, realtime: root + REALTIME_PATH };
  app.post(
    '/voice/session',
    {
      config: { permission: 'calls:place', call: 'opening' },
      schema: {
        tags: ['Calls'],
        summary: 'Ask for a place on the line',
        description: 'Answers a token that is good for one call and must be used within five minutes.',
        body: Ask,
        response: { 201: Session, ...problemAnswers },
      },
    },
    async (request, reply) => {
      const { tenantId } = identityOf(request);
      const { callId, token, tokenExpiresAtMs } = await openCall(deps.pool, tenantId, {
        transport: 'native',
        callerIdE164: request.body?.caller_id,
      });
      return reply
        .code(201)
        .header('location', `/api/v1/calls/${callId}`)
        .send({
          session_id: callId,
          token,
          expires_at: new Date(tokenExpiresAtMs).toISOString(),
          urls,
        });
    },
  );
}
