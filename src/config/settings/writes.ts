/** How long writes are tried, kept and watched. */
import { z } from 'zod';
import { setting } from '../setting.js';
import { milliseconds, millisecondsList } from '../values.js';

export const writesSettings = {
  HERMES_WRITE_FAST_ATTEMPTS: setting(
    z.coerce.number().int().min(1).max(20).default(5),
    '5',
    'Quick attempts of a write before it slows down.',
  ),
  HERMES_WRITE_FAST_INITIAL_MS: setting(
    milliseconds.default(1_000),
    '1000',
    'First wait between quick attempts; doubles.',
  ),
  HERMES_WRITE_FAST_MAX_MS: setting(
    milliseconds.default(30_000),
    '30000',
    'Longest wait between quick attempts.',
  ),
  HERMES_WRITE_SLOW_DELAYS_MS: setting(
    millisecondsList.default([60_000, 300_000, 900_000, 3_600_000]),
    '60000,300000,900000,3600000',
    'Waits between slow attempts; the last repeats.',
  ),
  HERMES_WRITE_SLOW_WINDOW_MS: setting(
    milliseconds.default(86_400_000),
    '86400000',
    'How long a write keeps trying slowly before it parks.',
  ),
  HERMES_WRITE_ESCALATE_MS: setting(
    milliseconds.default(14_400_000),
    '14400000',
    'A parked write is announced again after this long.',
  ),

  HERMES_WRITE_KEEP_PARKED_MS: setting(
    milliseconds.min(1_000, 'at least 1000').default(2_592_000_000),
    '2592000000',
    'A parked write that nobody decides about in this time (30 days) expires: closed, with an audit entry and an alert.',
  ),
  HERMES_RECONCILE_MS: setting(
    milliseconds.min(1_000, 'at least 1000 milliseconds').default(300_000),
    '300000',
    'How often the list of waiting writes is compared with Temporal and put right.',
  ),
  HERMES_TEND_MS: setting(
    milliseconds.min(1_000, 'at least 1000 milliseconds').default(3_600_000),
    '3600000',
    'How often the firms’ connections are looked after: subscriptions renewed long before they run out.',
  ),
  HERMES_BREAKER_FAILURES: setting(
    z.coerce.number().int().min(1, 'at least one').default(5),
    '5',
    'So many attempts in a row without an answer, and a firm’s writes to that system wait until it answers again.',
  ),
  HERMES_BREAKER_PROBE_MS: setting(
    milliseconds.min(10).default(30_000),
    '30000',
    'From then to the first write that tries alone; doubles with every one that gets no answer.',
  ),
  HERMES_BREAKER_PROBE_MAX_MS: setting(
    milliseconds.min(10).default(300_000),
    '300000',
    'Longest wait between two of them.',
  ),
};
