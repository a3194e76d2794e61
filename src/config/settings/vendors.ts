/** Clio, and the pace of the others. */
import { z } from 'zod';
import { setting } from '../setting.js';
import { milliseconds, aMinute, regionalApps, regionalHosts } from '../values.js';

export const vendorsSettings = {
  CLIO_RATE_PER_MINUTE: setting(
    aMinute.default(50),
    '50',
    'Requests a minute that one firm’s token may make at Clio, over all workers. A lower limit that Clio tells wins.',
  ),
  CLIO_RATE_BURST: setting(
    aMinute.default(10),
    '10',
    'How many of them may go at once after a quiet while; the larger, the slower the rest of the minute.',
  ),
  CLIO_CLIENT_ID: setting(
    z.string().min(1).optional(),
    'abc123',
    'Clio app key, for firms in the United States.',
  ),
  CLIO_CLIENT_SECRET: setting(z.string().min(1).optional(), 's3cret', 'Clio app secret.'),
  CLIO_REGIONAL_APPS: setting(
    regionalApps.optional(),
    'eu:abc124:s3cret,au:abc125:s3cret',
    'Apps of other regions: Clio wants one in each, and neither keys nor tokens are good elsewhere.',
  ),
  CLIO_HOSTS: setting(
    regionalHosts.optional(),
    'us=https://app.clio.com',
    'Hosts by region, where they are not Clio’s own (a gateway in between).',
  ),
  CLIO_TIMEOUT_MS: setting(milliseconds.default(15_000), '15000', 'Longest wait for one Clio answer.'),
  CLIO_SETTLE_MS: setting(
    milliseconds.default(3_000),
    '3000',
    'Wait before a second look-up, because search indexes lag.',
  ),
  GROW_HOSTS: setting(
    regionalHosts.optional(),
    'us=https://grow.clio.com',
    'Hosts of Clio Grow’s lead inboxes by region, where they are not Clio’s own.',
  ),
  GROW_RATE_PER_MINUTE: setting(
    aMinute.default(30),
    '30',
    'Leads a minute of one firm, over all workers. Clio documents no limit for the inbox.',
  ),
  GROW_RATE_BURST: setting(aMinute.default(5), '5', 'How many of them may go at once after a quiet while.'),
  GROW_TIMEOUT_MS: setting(
    milliseconds.default(15_000),
    '15000',
    'Longest wait for one answer of the inbox. A lead without an answer waits for a person, so rather more than less.',
  ),
  LAWPAY_RATE_PER_MINUTE: setting(
    aMinute.default(120),
    '120',
    'Requests a minute of one firm at LawPay, over all workers. LawPay documents no limit.',
  ),
  LAWPAY_RATE_BURST: setting(
    aMinute.default(20),
    '20',
    'How many of them may go at once after a quiet while.',
  ),
};
