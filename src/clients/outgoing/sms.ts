/** Text messages by Twilio's Messages API. It knows no idempotency, so a repeat is looked for by our reference. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { OutsideError, type ErrorClass } from '../../domain/failures.js';
import { exchange, parseAnswer, retryAfterMs, type Answer, type Exchange } from '../http.js';
import type { Carrier, Notice } from './notice.js';

export interface SmsOptions {
  /** `https://api.twilio.com` */
  baseUrl: string;
  accountSid: string;
  authToken: string;
  /** E.164, or a messaging service (`MG…`). */
  from: string;
  timeoutMs: number;
}

const Message = z.object({ sid: z.string(), body: z.string(), to: z.string() });
const Page = z.object({ messages: z.array(Message) });

/** Two segments of GSM 7-bit (153 each): more costs more and is read less. */
const MAX_TEXT = 306;

export function createSmsCarrier(options: SmsOptions): Carrier {
  const path = `/2010-04-01/Accounts/${options.accountSid}/Messages.json`;
  return {
    send: async (notice) => {
      const form = new URLSearchParams({ To: notice.address, Body: bodyOf(notice) });
      form.set(options.from.startsWith('MG') ? 'MessagingServiceSid' : 'From', options.from);
      const call = callOf(options, notice, 'POST', path, form);
      const answer = await exchange(call);
      if (answer.status === 201) return parseAnswer(call, answer, Message).sid;
      throw refusal(answer, 'POST');
    },
    find: async (notice) => {
      // Sent today or, around midnight, yesterday: the day is of UTC.
      const since = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
      const query = new URLSearchParams({ To: notice.address, 'DateSent>': since, PageSize: '100' });
      const call = callOf(options, notice, 'GET', `${path}?${query.toString()}`);
      const answer = await exchange(call);
      if (answer.status !== 200) throw refusal(answer, 'GET');
      const tag = tagOf(notice);
      return parseAnswer(call, answer, Page).messages.find(({ body }) => body.endsWith(tag))?.sid;
    },
  };
}

/** What a repeat is known by; short, because it is read. */
const tagOf = ({ reference, event }: Notice): string =>
  `#${createHash('sha256').update(`${reference}/${event}`).digest('hex').slice(0, 8)}`;

function bodyOf(notice: Notice): string {
  const tag = ` ${tagOf(notice)}`;
  return notice.title.slice(0, MAX_TEXT - tag.length) + tag;
}

function callOf(
  { baseUrl, accountSid, authToken, timeoutMs }: SmsOptions,
  { signal }: Notice,
  method: 'GET' | 'POST',
  path: string,
  form?: URLSearchParams,
): Exchange {
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
  return {
    ...{ vendor: 'Twilio', method, url: new URL(path, baseUrl), timeoutMs, signal },
    headers: { authorization, ...(form && { 'content-type': 'application/x-www-form-urlencoded' }) },
    ...(form && { body: form.toString() }),
  };
}

function refusal({ status, headers }: Answer, method: 'GET' | 'POST'): OutsideError {
  const waitMs = retryAfterMs(headers, Date.now());
  return new OutsideError(
    classify(status, method),
    `Twilio answered ${status} to ${method} Messages`,
    waitMs,
  );
}

function classify(status: number, method: 'GET' | 'POST'): ErrorClass {
  if (status === 429) return 'rate_limited';
  if (status === 401 || status === 403) return 'auth';
  if (status >= 500 || status === 408) return method === 'GET' ? 'unavailable' : 'outcome_unknown';
  return 'invalid';
}
