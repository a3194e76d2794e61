import type { FastifyInstance } from 'fastify';
import type { StandinDefinition } from '../kit/standin.js';
import { Collection } from './collection.js';
import { Deliveries } from './deliveries.js';
import { answerTo, ClioRefusal, errorObject } from './errors.js';
import { parseFields, select } from './fields.js';
import { createFirm } from './firm.js';
import { installGate } from './gate.js';
import { Grants } from './grants.js';
import { oauthRoutes } from './oauth.js';
import { calendarEntries } from './resources/calendar-entries.js';
import { calendars } from './resources/calendars.js';
import { communications } from './resources/communications.js';
import { contacts } from './resources/contacts.js';
import { customFields } from './resources/custom-fields.js';
import { documents } from './resources/documents.js';
import { matters } from './resources/matters.js';
import { notes } from './resources/notes.js';
import { practiceAreas } from './resources/practice-areas.js';
import { tasks } from './resources/tasks.js';
import { users } from './resources/users.js';
import { webhooks } from './resources/webhooks.js';
import type { Webhook } from './records.js';
import { serve } from './serve.js';
import { storageRoutes } from './storage.js';
import { ClioSettings } from './settings.js';

/**
 * Clio Manage, API v4, one firm: OAuth, users, contacts, matters, notes, communications, calendars, tasks, custom fields,
 * documents, practice areas, webhooks.
 */
export const clioStandin: StandinDefinition<typeof ClioSettings> = {
  name: 'clio',
  settings: ClioSettings,
  errorBody: (status, message) => errorObject(status === 404 ? 'RecordNotFound' : 'InternalError', message),
  register: async (app, kit) => {
    const grants = new Grants(kit);
    const deliveries = new Deliveries(app, kit);
    const { ledger, clock } = kit;
    const firm = createFirm({ ledger, clock, changed: (...what) => deliveries.changed(...what) });
    const subscriptions = new Collection<Webhook>({ ledger, clock }, 'webhook', 8_000_001);
    deliveries.serve(subscriptions);
    const today = () => new Date(kit.clock.nowMs()).toISOString().slice(0, 10);

    app.setNotFoundHandler((_request, reply) =>
      reply.code(404).send(errorObject(kit.settings.notFoundType, 'Not found')),
    );
    oauthRoutes(app, kit, grants);
    storageRoutes(app, kit, firm);

    const apiRoutes = (api: FastifyInstance, _options: object, done: () => void): void => {
      api.setErrorHandler((error, _request, reply) => {
        // Anything else is the kit's to answer.
        if (!(error instanceof ClioRefusal)) throw error;
        const { status, body } = answerTo(error, kit.settings);
        return reply.code(status).send(body);
      });
      installGate(api, kit, grants);
      const deps = { kit, firm };
      const user = users(firm);
      for (const path of ['/users/who_am_i', '/users/who_am_i.json'])
        api.get(path, (request) => {
          const { fields } = request.query as { fields?: string };
          return { data: select({ ...firm.users.all()[0] }, parseFields(fields, user.shape)) };
        });
      serve(api, deps, user);
      serve(api, deps, contacts(firm));
      serve(api, deps, matters(firm, today));
      serve(api, deps, notes(firm, today));
      serve(api, deps, customFields(firm));
      serve(api, deps, practiceAreas(firm));
      serve(api, deps, calendars(firm));
      serve(api, deps, calendarEntries(firm));
      serve(api, deps, communications(firm));
      serve(api, deps, tasks(firm));
      serve(
        api,
        deps,
        documents(firm, kit, () => app.listeningOrigin),
      );
      serve(
        api,
        deps,
        webhooks(subscriptions, kit, (webhook) => deliveries.shakeHands(webhook)),
      );
      done();
    };
    await app.register(apiRoutes, { prefix: '/api/v4' });
  },
};
