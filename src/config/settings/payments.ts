/** LawPay, and the payment page. */
import { z } from 'zod';
import { setting } from '../setting.js';
import { milliseconds, url, origins } from '../values.js';

export const paymentsSettings = {
  LAWPAY_TIMEOUT_MS: setting(milliseconds.default(15_000), '15000', 'Longest wait for one LawPay answer.'),
  LAWPAY_SETTLE_MS: setting(
    milliseconds.default(2_000),
    '2000',
    'Pause before a charge whose answer was lost is looked up, doubled twice; longer than LawPay’s index lags.',
  ),
  LAWPAY_POLL_MS: setting(
    milliseconds.min(10_000, 'at least 10000 milliseconds').default(900_000),
    '900000',
    'How often LawPay is asked what has happened, beside the events that it posts.',
  ),
  LAWPAY_COMPARE_MS: setting(
    milliseconds.min(10_000, 'at least 10000 milliseconds').default(86_400_000),
    '86400000',
    'How often our ledger of links, charges and refunds is compared with LawPay’s: daily.',
  ),
  LAWPAY_FIELDS_SCRIPT: setting(
    url.default('https://cdn.affinipay.com/hostedfields/1.5.3/fieldGen_1.5.3.js'),
    'https://cdn.affinipay.com/hostedfields/1.5.3/fieldGen_1.5.3.js',
    'Where our payment page gets LawPay’s card fields from.',
  ),
  LAWPAY_FIELDS_INTEGRITY: setting(
    z
      .string()
      .regex(/^sha(256|384|512)-[A-Za-z0-9+/=]+$/, 'a hash such as sha384-…')
      .optional(),
    'sha384-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC',
    'Subresource integrity of that script; with it a changed script is not run.',
  ),
  LAWPAY_FIELDS_ORIGINS: setting(
    origins.default(['https://cdn.affinipay.com', 'https://api.affinipay.com', 'https://api.8am.com']),
    'https://cdn.affinipay.com,https://api.affinipay.com,https://api.8am.com',
    'Origins that those fields load from and send cards to; browsers are told to allow no other.',
  ),
  HERMES_PAYMENT_PAGE_HOURS: setting(
    z.coerce.number().int().min(1, 'at least one hour').max(8_760, 'at most a year').default(168),
    '168',
    'How long a link to our own payment page is good.',
  ),
};
