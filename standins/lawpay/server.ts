import type { StandinDefinition } from '../kit/standin.js';
import { requireSecretKey } from './auth.js';
import { Books } from './books.js';
import { chargeChangeRoutes } from './charge-changes.js';
import { chargeRoutes } from './charges.js';
import { LawPayRefusal } from './errors.js';
import { eventRoutes } from './events.js';
import { hostedFieldRoutes } from './hosted-fields.js';
import { accounts, merchant } from './merchant.js';
import { pageRoutes } from './pages.js';
import { partnerOauthRoutes } from './partner-oauth.js';
import { partnerRoutes } from './partner.js';
import { LawPaySettings } from './settings.js';
import { tokenRoutes } from './tokens.js';
import { webhookRoutes } from './webhooks.js';
import { transactionRoutes } from './transactions.js';

/** LawPay's payment gateway and partner API for one firm in test mode. */
export const lawpayStandin: StandinDefinition<typeof LawPaySettings> = {
  name: 'lawpay',
  settings: LawPaySettings,
  errorBody: (status, message) => ({
    messages: [{ code: codes[status] ?? 'server_error', level: 'error', message, facility: 'gateway' }],
  }),
  register: (app, kit) => {
    app.setErrorHandler((error, _request, reply) => {
      // Anything else is the kit's to answer.
      if (!(error instanceof LawPayRefusal)) throw error;
      return reply.code(error.status).send({ messages: error.messages });
    });
    const books = new Books(kit);

    app.get('/status', () => ({ status: kit.settings.health }));
    app.get('/v1/merchant', (request) => {
      requireSecretKey(request.headers.authorization);
      return merchantAsRead();
    });
    chargeRoutes(app, books, tokenRoutes(app, kit));
    chargeChangeRoutes(app, kit, books);
    transactionRoutes(app, kit, books);
    eventRoutes(app, books);
    webhookRoutes(app, books);
    partnerOauthRoutes(app, kit);
    partnerRoutes(app, kit);
    pageRoutes(app, kit, books);
    hostedFieldRoutes(app);

    // The daily capture batch, on demand.
    app.post('/__control/settle', () => {
      const due = books
        .transactions()
        .filter((one) => one.status === 'AUTHORIZED' && one.auto_capture !== false);
      for (const { id } of due) books.change(id, { status: 'COMPLETED' }, 'transaction.completed');
      return { settled: due.length };
    });
  },
};

const codes: Readonly<Record<number, string>> = {
  400: 'malformed_request',
  401: 'not_authorized',
  404: 'resource_not_found',
};

function merchantAsRead(): object {
  const asRead = (kind: 'card' | 'bank') =>
    accounts
      .filter((account) => account.kind === kind)
      .map(({ id, name, primary, trust }) => ({
        ...{ id, status: 'ACTIVE', name, primary, currency: 'USD', trust_account: trust },
        ...(kind === 'card'
          ? { required_payment_fields: '', cvv_policy: 'OPTIONAL', avs_policy: 'SUBMIT_IGNORE_RESULT' }
          : { routing_number: '******013', account_number: '******789', account_type: 'CHECKING' }),
      }));
  return {
    ...{ id: merchant.id, name: merchant.name, timezone: 'America/Chicago' },
    merchant_accounts: asRead('card'),
    ach_accounts: asRead('bank'),
  };
}
