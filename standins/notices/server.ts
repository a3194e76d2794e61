import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { StandinDefinition, StandinKit } from '../kit/standin.js';

/** What the stand-in knows at the start. */
export const NoticeSettings = z.object({
  accountSid: z.string().default('AC00000000000000000000000000000000'),
  authToken: z.string().default('standin-token'),
  routingKey: z.string().default('0123456789abcdef0123456789abcdef'),
  /** Slack webhooks that were revoked: path ends. */
  revoked: z.array(z.string()).default([]),
});
type Kit = StandinKit<z.output<typeof NoticeSettings>>;

/**
 * Slack's incoming webhooks, PagerDuty's Events API v2 and Twilio's Messages API. Ledger kinds: `slack`, `incident` (one
 * for each dedup key, updated by what follows), `sms`.
 */
export const noticesStandin: StandinDefinition<typeof NoticeSettings> = {
  name: 'notices',
  settings: NoticeSettings,
  register: (app, kit) => {
    slackRoutes(app, kit);
    pagerDutyRoutes(app, kit);
    twilioRoutes(app, kit);
  },
};

function slackRoutes(app: FastifyInstance, { ledger, settings }: Kit): void {
  app.post('/services/*', (request, reply) => {
    const body = z.object({ text: z.string() }).safeParse(request.body);
    if (!body.success) return reply.code(400).type('text/plain').send('invalid_payload');
    if (settings.revoked.some((end) => request.url.endsWith(end)))
      return reply.code(404).type('text/plain').send('no_service');
    ledger.record('slack', randomBytes(6).toString('hex'), 'created', body.data);
    return reply.type('text/plain').send('ok');
  });
}

const Event = z.object({
  routing_key: z.string(),
  event_action: z.enum(['trigger', 'acknowledge', 'resolve']),
  dedup_key: z.string(),
  payload: z
    .object({
      summary: z.string(),
      source: z.string(),
      severity: z.enum(['critical', 'error', 'warning', 'info']),
    })
    .loose()
    .optional(),
});

function pagerDutyRoutes(app: FastifyInstance, kit: Kit): void {
  const { ledger, settings } = kit;
  const open = new Map<string, number>();
  kit.onReset(() => open.clear());
  app.post('/v2/enqueue', (request, reply) => {
    const event = Event.safeParse(request.body);
    const isWhole = event.success && (event.data.event_action !== 'trigger' || event.data.payload);
    if (!event.success || !isWhole || event.data.routing_key !== settings.routingKey)
      return reply
        .code(400)
        .send({ status: 'invalid event', message: 'Event object is invalid', errors: [] });
    const { dedup_key: key, event_action: action, payload } = event.data;
    const known = open.get(key);
    // An end without a beginning is taken and means nothing.
    if (action === 'trigger' || known !== undefined) {
      const triggers = (known ?? 0) + (action === 'trigger' ? 1 : 0);
      open.set(key, triggers);
      const status = action === 'resolve' ? 'resolved' : 'triggered';
      ledger.record('incident', key, known === undefined ? 'created' : 'updated', {
        ...{ id: key, status, triggers, summary: payload?.summary, severity: payload?.severity },
      });
    }
    return reply.code(202).send({ status: 'success', message: 'Event processed', dedup_key: key });
  });
}

const Sms = z.object({ To: z.string(), From: z.string(), Body: z.string().max(1_600) });
const Search = z.object({ To: z.string() });

function twilioRoutes(app: FastifyInstance, { ledger, settings, clock }: Kit): void {
  const path = '/2010-04-01/Accounts/:sid/Messages.json';
  app.addHook('preHandler', async (request, reply) => {
    if (!request.url.startsWith('/2010-04-01/')) return;
    const expected = Buffer.from(`${settings.accountSid}:${settings.authToken}`).toString('base64');
    if (request.headers.authorization !== `Basic ${expected}`)
      return reply.code(401).send({ code: 20003, message: 'Authenticate', status: 401 });
    return undefined;
  });
  app.post(path, (request, reply) => {
    const sms = Sms.safeParse(request.body);
    if (!sms.success || !sms.data.To.startsWith('+'))
      return reply.code(400).send({ code: 21211, message: 'Invalid ‘To’ Phone Number', status: 400 });
    const { To: to, From: from, Body: body } = sms.data;
    const sid = `SM${randomBytes(16).toString('hex')}`;
    const date = new Date(clock.nowMs()).toUTCString();
    const message = { sid, to, from, body, status: 'queued', date_created: date };
    ledger.record('sms', sid, 'created', message);
    return reply.code(201).send(message);
  });
  app.get(path, (request) => {
    const { To } = Search.parse(request.query);
    const messages = ledger.living('sms').filter(({ to }) => to === To);
    return { messages: [...messages].reverse(), page: 0, page_size: 100 };
  });
}
