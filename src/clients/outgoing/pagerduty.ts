/** PagerDuty's Events API v2. One incident for each reference, however often it is triggered. */
import { z } from 'zod';
import { OutsideError, type ErrorClass } from '../../domain/failures.js';
import { exchange, parseAnswer, retryAfterMs, type Exchange } from '../http.js';
import type { Carrier, Notice } from './notice.js';

export interface PagerDutyOptions {
  /** `https://events.pagerduty.com` */
  baseUrl: string;
  timeoutMs: number;
}

const Accepted = z.object({ dedup_key: z.string() });

export const createPagerDutyCarrier = ({ baseUrl, timeoutMs }: PagerDutyOptions): Carrier => ({
  send: async (notice) => {
    const call: Exchange = {
      ...{ vendor: 'PagerDuty', method: 'POST', url: new URL('/v2/enqueue', baseUrl) },
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(bodyOf(notice)),
      ...{ timeoutMs, signal: notice.signal },
    };
    const answer = await exchange(call);
    if (answer.status === 202) return parseAnswer(call, answer, Accepted).dedup_key;
    const waitMs = retryAfterMs(answer.headers, Date.now());
    throw new OutsideError(classify(answer.status), `PagerDuty answered ${answer.status}`, waitMs);
  },
});

function bodyOf({ address, event, reference, severity, title, text, link }: Notice): object {
  const which = { routing_key: address, event_action: event, dedup_key: reference };
  if (event === 'resolve') return which;
  return {
    ...which,
    payload: { summary: title, source: 'hermes', severity, custom_details: { text } },
    ...(link !== undefined && { links: [{ href: link, text: 'HERMES' }] }),
  };
}

function classify(status: number): ErrorClass {
  if (status === 429) return 'rate_limited';
  if (status === 401 || status === 403) return 'auth';
  // An event is known by its key, so that one which may have been taken can be sent again.
  return status >= 500 || status === 408 ? 'unavailable' : 'invalid';
}
