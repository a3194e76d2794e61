import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { StandinKit } from '../kit/standin.js';
import { refusal } from './errors.js';
import { accounts, merchant, pages } from './merchant.js';
import type { LawPaySettings } from './settings.js';

/** What a partner app may read: the firm's keys and its payment pages. */
export function partnerRoutes(app: FastifyInstance, kit: StandinKit<LawPaySettings>): void {
  const requirePartner = (request: FastifyRequest) => {
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (!kit.ledger.records('partner_grant').some(({ id }) => id === token))
      throw refusal(401, 'not_authorized');
  };

  app.get('/gateway-credentials', (request) => {
    requirePartner(request);
    return credentials();
  });

  app.get('/payment-pages', (request) => {
    requirePartner(request);
    const origin = `${request.protocol}://${request.host}`;
    return {
      payment_pages: pages.map((page) => ({
        id: page.id,
        title: page.title,
        merchant_account_id: page.card,
        ach_account_id: page.ach,
        payment_link_subject: `Payment to ${merchant.name}`,
        payment_link_body: '',
        description: page.title,
        public_url: `${origin}/pages/${merchant.slug}/${page.slug}`,
      })),
    };
  });
}

function credentials(): object {
  return {
    application: 'HERMES',
    user: { first_name: 'Dana', last_name: 'Whitfield', email: 'dana@whitfield-law.example', owner: true },
    merchant: { name: merchant.name, reference_required: false, reference_label: 'Reference' },
    test_accounts: accounts.map((account) => ({
      id: account.id,
      name: account.name,
      type: account.kind === 'card' ? 'MerchantAccount' : 'AchAccount',
      currency: 'USD',
      recurring_charges_enabled: false,
      public_key: account.publicKey,
      secret_key: account.secretKey,
      // Text here, a boolean at /v1/merchant: that is how the documented examples have it.
      trust_account: String(account.trust),
    })),
    live_accounts: [],
  };
}
