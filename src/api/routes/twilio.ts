import type { FastifyRequest } from 'fastify';
import type { Pool } from 'pg';
import { z } from 'zod';
import { findCall } from '../../db/call-list.js';
import { factsOfCall } from '../../db/calls.js';
import { findWhisper } from '../../db/whispers.js';
import { findFirm } from '../../db/tenants.js';
import type { EndReason } from '../../domain/turn.js';
import { CallId, TenantId } from '../../domain/ids.js';
import { E164 } from '../../domain/intake.js';
import type { App } from '../app-types.js';
import { openCall } from '../open-call.js';
import { ProblemError } from '../problems.js';
import { connectTwiml, hangUpTwiml, toPersonTwiml } from '../twiml.js';
import { handOverRoutes } from './twilio-hand-over.js';
import { twilioBase, TwilioFields } from './twilio-webhook.js';
import { isSignedByTwilio } from '../twilio-signature.js';

export interface TwilioRouteDeps {
  pool: Pool;
  /** How Twilio reaches this edge, e.g. `https://voice.example.com`. */
  publicUrl: string;
  /** Undefined: this edge takes no calls from Twilio. */
  twilioAuthToken: string | undefined;
}

/** Path of the media stream. */
export const TWILIO_STREAM_PATH = '/api/v1/voice/twilio';

const finishedEnds: ReadonlySet<EndReason | null> = new Set(['agent_closed', 'caller_hangup', 'idle']);
/** Whether a call that ended so leaves nothing to say; after any other end a person shall answer. */
export const isFinished = (reason: EndReason | null): boolean => finishedEnds.has(reason);

/**
 * Webhooks for telephone calls that come in through Twilio. They are admitted by signature, not by access token, so
 * `app` must be a scope of its own outside `addAuth`.
 */
export function twilioRoutes(app: App, deps: TwilioRouteDeps): void {
  const root = deps.publicUrl.replace(/\/+$/, '');
  const streamUrl = root.replace(/^http/, 'ws') + TWILIO_STREAM_PATH;
  readForms(app);
  // Before validation: a stranger does not learn what would have been valid.
  app.addHook('preValidation', (request, _reply, next) => {
    next(isGenuine(request, root, deps.twilioAuthToken) ? undefined : notGenuine());
  });
  incomingRoute(app, deps.pool, root, streamUrl);
  afterRoute(app, deps.pool, root);
  handOverRoutes(app, deps.pool, (tenantId, callId) => hookUrl(root, 'accepted', tenantId, callId));
}

function incomingRoute(app: App, pool: Pool, root: string, streamUrl: string): void {
  app.post(
    '/voice/twilio/incoming/:tenantId',
    {
      config: { call: 'opening' },
      schema: {
        ...twilioBase,
        summary: 'A telephone call comes in',
        description:
          'Set as the voice webhook of the firm’s number. The caller is connected to the agent, and to `telephone` of ' +
          'the firm when the agent hands over.',
        params: z.object({ tenantId: TenantId }),
      },
    },
    async (request, reply) => {
      const { tenantId } = request.params;
      const { callId, token, firm } = await openCall(pool, tenantId, {
        transport: 'twilio',
        // "anonymous" and the like are no numbers.
        callerIdE164: E164.safeParse(request.body.From).data,
      });
      const afterUrl = hookUrl(root, 'after', tenantId, callId);
      return reply
        .type('text/xml')
        .send(connectTwiml({ streamUrl, token, afterUrl, telephone: firm.telephone }));
    },
  );
}

function afterRoute(app: App, pool: Pool, root: string): void {
  app.post(
    '/voice/twilio/after/:tenantId/:callId',
    {
      config: { call: 'live' },
      schema: {
        ...twilioBase,
        summary: 'The agent’s part of a telephone call is over',
        description: 'Hangs up after a finished conversation; after any other end a person is dialled.',
        params: z.object({ tenantId: TenantId, callId: CallId }),
      },
    },
    async (request, reply) => {
      const { tenantId, callId } = request.params;
      const call = await findCall(pool, tenantId, callId);
      if (!call) throw new ProblemError('not_found', 'This firm has no call of this id.');
      void reply.type('text/xml');
      if (isFinished(call.endReason)) return reply.send(hangUpTwiml());
      // A call that was never claimed, because all lines were taken, has no profile of its own.
      const firm = (await factsOfCall(pool, tenantId, callId))?.firm ?? (await findFirm(pool, tenantId));
      if (firm?.telephone === undefined) return reply.send(toPersonTwiml(undefined));
      const whispered = (await findWhisper(pool, tenantId, callId)) !== undefined;
      return reply.send(
        toPersonTwiml({
          telephone: firm.telephone,
          dialedUrl: hookUrl(root, 'dialed', tenantId, callId),
          whisperUrl: whispered ? hookUrl(root, 'whisper', tenantId, callId) : undefined,
        }),
      );
    },
  );
}

const hookUrl = (root: string, step: string, tenantId: TenantId, callId: CallId): string =>
  `${root}${TWILIO_STREAM_PATH}/${step}/${tenantId}/${callId}`;

const notGenuine = (): ProblemError => new ProblemError('forbidden', 'The request is not signed by Twilio.');

function isGenuine(request: FastifyRequest, root: string, authToken: string | undefined): boolean {
  if (authToken === undefined) return false;
  const signature = request.headers['x-twilio-signature'];
  const fields = TwilioFields.safeParse(request.body).data ?? {};
  return isSignedByTwilio(authToken, { url: root + request.url, fields, signature });
}

/** Twilio posts HTML forms. */
function readForms(app: App): void {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => {
      done(null, Object.fromEntries(new URLSearchParams(body.toString())));
    },
  );
}
