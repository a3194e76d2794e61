/** Webhooks of a call on its way to a person: what the person hears first, and what happens when nobody takes it. */
import type { Pool } from 'pg';
import { z } from 'zod';
import { findCall } from '../../db/call-list.js';
import { factsOfCall } from '../../db/calls.js';
import { findWhisper, forgetWhisper } from '../../db/whispers.js';
import { CallId, TenantId } from '../../domain/ids.js';
import type { App } from '../app-types.js';
import { connectedTwiml, hangUpTwiml, nobodyTwiml, whisperTwiml } from '../twiml.js';
import { twilioBase } from './twilio-webhook.js';

const params = z.object({ tenantId: TenantId, callId: CallId });

/** @param acceptedUrl where Twilio says that the person has pressed a key. */
export function handOverRoutes(
  app: App,
  pool: Pool,
  acceptedUrl: (tenantId: TenantId, callId: CallId) => string,
): void {
  const summary = 'A call is handed over to a person';
  app.post(
    '/voice/twilio/whisper/:tenantId/:callId',
    {
      schema: {
        ...twilioBase,
        summary,
        description: 'Tells the person who picked up who is calling.',
        params,
      },
    },
    async (request, reply) => {
      const { tenantId, callId } = request.params;
      const words = await findWhisper(pool, tenantId, callId);
      void reply.type('text/xml');
      if (words === undefined) return reply.send(connectedTwiml());
      return reply.send(whisperTwiml(words, acceptedUrl(tenantId, callId)));
    },
  );
  app.post(
    '/voice/twilio/accepted/:tenantId/:callId',
    { schema: { ...twilioBase, summary, description: 'The person takes the call.', params } },
    async (_request, reply) => reply.type('text/xml').send(connectedTwiml()),
  );
  app.post(
    '/voice/twilio/dialed/:tenantId/:callId',
    {
      schema: {
        ...twilioBase,
        summary,
        description:
          'Hangs up after the person; when nobody took the call, the caller is told what happens now.',
        params,
      },
    },
    async (request, reply) => {
      const { tenantId, callId } = request.params;
      void reply.type('text/xml');
      const call = await findCall(pool, tenantId, callId);
      await forgetWhisper(pool, tenantId, callId);
      if (wasTaken(request.body)) return reply.send(hangUpTwiml());
      const facts = await factsOfCall(pool, tenantId, callId);
      const calledBack = call?.endReason === 'transferred' && facts?.callerIdE164 !== undefined;
      return reply.send(nobodyTwiml(calledBack));
    },
  );
}

/** A whispered call counts as answered by whoever picked up, be it a machine; `DialBridged` tells whether the two talked. */
function wasTaken({ DialBridged, DialCallStatus }: Readonly<Record<string, string>>): boolean {
  if (DialBridged !== undefined) return DialBridged === 'true';
  return DialCallStatus === 'completed' || DialCallStatus === 'answered';
}
