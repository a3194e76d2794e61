/** Grow's legacy lead inbox: one POST for each lead, the token in the body, nothing to read back. */
import { z } from 'zod';
import { OutsideError, type ErrorClass } from '../../domain/failures.js';
import type { LeadIdForm } from '../../domain/grow.js';
import { describe, exchange, retryAfterMs, type Answer, type Exchange } from '../http.js';
import { limitsOf, type Pacer } from '../pacer.js';

export interface InboxOptions {
  /** Regional host, e.g. `https://grow.clio.com`. */
  baseUrl: string;
  token: string;
  leadId: LeadIdForm;
  /** Longest wait for the answer, milliseconds. */
  timeoutMs: number;
  signal: AbortSignal;
  pacer: Pick<Pacer, 'after'>;
}

/** The keys of the wire. */
export interface Lead {
  from_first: string;
  from_last: string;
  from_message: string;
  from_email?: string;
  from_phone?: string;
  referring_url: string;
  from_source: string;
}

/**
 * Leaves one lead. Any 201 is a success, whatever its body: its shape is disputed, and the lead is there.
 * @returns its id, where the answer has one.
 * @throws OutsideError; `outcome_unknown` is the only class after which the lead may be there.
 */
export async function postLead(options: InboxOptions, lead: Lead): Promise<string | undefined> {
  const call: Exchange = {
    vendor: 'Grow',
    method: 'POST',
    url: new URL('/inbox_leads', options.baseUrl),
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      // As Clio's own page spells it.
      accepts: 'application/json',
      'user-agent': 'HERMES/1.0',
    },
    body: JSON.stringify({ inbox_lead_token: options.token, inbox_lead: lead }),
    timeoutMs: options.timeoutMs,
    signal: options.signal,
  };
  const answer = await exchange(call);
  await options.pacer.after(limitsOf(answer, Date.now()));
  const id = idIn(answer.text, options.leadId);
  // Another 2xx without an id may be the page of somebody in between.
  if (answer.status === 201 || (isSuccess(answer.status) && id !== undefined)) return id;
  throw refusal(call, answer);
}

const isSuccess = (status: number): boolean => status >= 200 && status < 300;

const Id = z.union([z.int(), z.string().regex(/^[\w-]{1,64}$/)]).transform(String);
const TopLevel = z.object({ id: Id }).transform(({ id }) => id);
const Nested = z.object({ inbox_lead: z.object({ id: Id }) }).transform((body) => body.inbox_lead.id);
const forms = { 'inbox_lead.id': Nested, id: TopLevel, either: z.union([Nested, TopLevel]) };

const idIn = (text: string, form: LeadIdForm): string | undefined => forms[form].safeParse(jsonOf(text)).data;

/** Only the status and the names of fields reach our message. */
function refusal(call: Exchange, answer: Answer): OutsideError {
  const fields = refusedFields(answer.text);
  const what = fields.length > 0 ? ` (${fields.join(', ')})` : '';
  const message = `Grow answered ${answer.status}${what} to ${describe(call)}`;
  const errorClass = classify(answer);
  return new OutsideError(
    errorClass,
    message,
    errorClass === 'rate_limited' ? retryAfterMs(answer.headers, Date.now()) : undefined,
  );
}

function classify({ status, text }: Answer): ErrorClass {
  if (status === 401) return 'auth';
  // A firewall in front answers 403 with a page of its own, which says nothing of the token.
  if (status === 403) return jsonOf(text) === undefined ? 'unavailable' : 'auth';
  if (status === 429) return 'rate_limited';
  // Gone or moved: what is sent there meets nobody.
  if (status === 404 || status === 409 || status === 410) return 'conflict';
  // A redirect may follow upon work that is done, and a proxy answers for a server that goes on working.
  if (status < 400 || status >= 500 || status === 408) return 'outcome_unknown';
  return 'invalid';
}

const Errors = z.object({ inbox_lead: z.object({ errors: z.record(z.string(), z.unknown()) }) });
const FIELD = /^[a-z_]{1,40}$/;

function refusedFields(text: string): string[] {
  const errors = Errors.safeParse(jsonOf(text)).data?.inbox_lead.errors ?? {};
  return Object.keys(errors).filter((name) => FIELD.test(name));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
