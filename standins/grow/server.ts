import { z } from 'zod';
import type { StandinDefinition } from '../kit/standin.js';

/** What may be changed at `POST /__control/config`. Where Clio's behaviour is disputed or not documented the choice is ours. */
export const GrowSettings = z.object({
  /** Tokens of lead inboxes. */
  tokens: z.array(z.string()).default(['grow-standin-token']),
  /** Where a 201 holds the lead's id; integrators saw both. `none`: an empty body. */
  successBody: z.enum(['inbox_lead.id', 'id', 'none']).default('inbox_lead.id'),
});

const required = ['from_first', 'from_last', 'from_message', 'referring_url', 'from_source'] as const;
const Body = z.object({
  inbox_lead_token: z.unknown().optional(),
  inbox_lead: z.record(z.string(), z.unknown()).default({}),
});

/**
 * Clio Grow's legacy lead inbox. Ledger kind: `lead`. It knows no repeats and shows nothing again: two equal requests are
 * two leads. The token is looked at before the lead.
 */
export const growStandin: StandinDefinition<typeof GrowSettings> = {
  name: 'grow',
  settings: GrowSettings,
  errorBody: (_status, message) => ({ error: message }),
  register: (app, { ledger, settings }) => {
    app.post('/inbox_leads', (request, reply) => {
      const body = Body.safeParse(request.body);
      const { inbox_lead_token: token, inbox_lead: lead } = body.data ?? { inbox_lead: {} };
      if (typeof token !== 'string' || !settings.tokens.includes(token))
        return reply.code(401).send({ error: 'Invalid token' });
      const missing = required.filter((key) => typeof lead[key] !== 'string' || lead[key] === '');
      if (missing.length > 0) {
        const errors = Object.fromEntries(missing.map((key) => [key, ["can't be blank"]]));
        return reply.code(422).send({ inbox_lead: { errors } });
      }
      const id = ledger.records('lead').length + 1;
      ledger.record('lead', id, 'created', { ...lead, id });
      return reply.code(201).send(bodyOf(settings.successBody, id));
    });
  },
};

const bodyOf = (form: z.output<typeof GrowSettings>['successBody'], id: number): object | undefined =>
  form === 'none' ? undefined : form === 'id' ? { id } : { inbox_lead: { id } };
