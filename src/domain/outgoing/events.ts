/** What the outside may be told about: types of events, and what each says. Ids and states only, never a caller's words. */
import { z } from 'zod';
import { lazily } from '../lazily.js';

/** `endpoint.test` is sent on request, to one endpoint. */
export const eventTypes = [
  'call.completed',
  'intake.completed',
  'write.landed',
  'write.parked',
  'write.discarded',
  'write.expired',
  'payment.paid',
  'payment.failed',
  'payment.refunded',
] as const;
export const EventType = lazily(() => z.enum(eventTypes));
export type EventType = z.infer<typeof EventType>;
export const TEST_EVENT = 'endpoint.test' as const;

/** A JSON value small enough to be an id, a state, a count or a time. */
const Fact = lazily(() => z.union([z.string().max(300), z.number(), z.boolean(), z.null()]));
export const EventData = lazily(() => z.record(z.string().regex(/^[a-z][a-z0-9_]{0,39}$/), Fact));
export type EventData = z.infer<typeof EventData>;

/** Something that happened. */
export interface OutgoingEvent {
  type: EventType;
  /** Names the happening within the firm, so that telling of it twice is telling of it once. */
  key: string;
  occurredAtMs: number;
  data: EventData;
}

/** What each event looks like, for whoever sets up a receiver before anything has happened. */
export const samples: Readonly<Record<EventType, EventData>> = {
  'call.completed': {
    call_id: 'call_0000000000000000test',
    end_reason: 'caller_hangup',
    started_at: '2026-01-05T18:04:11.000Z',
    ended_at: '2026-01-05T18:08:22.000Z',
  },
  'intake.completed': { call_id: 'call_0000000000000000test', disposition: 'attorney_review', writes: 4 },
  'write.landed': ofWrite('done', { external_id: '1203340000' }),
  'write.parked': ofWrite('parked', { error_class: 'invalid' }),
  'write.discarded': ofWrite('discarded', {}),
  'write.expired': ofWrite('expired', {}),
  'payment.paid': ofPayment('paid'),
  'payment.failed': ofPayment('failed'),
  'payment.refunded': ofPayment('refunded'),
};

function ofWrite(state: string, more: EventData): EventData {
  return {
    write_id: 'op:example-firm:clio:call_0000000000000000test.contact',
    call_id: 'call_0000000000000000test',
    ...{ system: 'clio', operation: 'clio.contact.create', priority: 'MEDIUM', state },
    ...more,
  };
}

function ofPayment(state: string): EventData {
  return {
    reference: 'call_0000000000000000test.payment',
    call_id: 'call_0000000000000000test',
    transaction_id: 'wKgFnjz8GamBPPzKzIsAAA',
    ...{ state, amount_cents: 15_000, currency: 'USD', account: 'trust' },
  };
}
