/**
 * The writes HERMES makes in other people's systems. One schema per operation: a payload is checked when it is made and
 * again when a person edits it.
 */
import { z } from 'zod';
import { OperationKey, TenantId } from './ids.js';
import { PhoneE164 } from './intake.js';
import { PracticeArea } from './firm.js';
import { Money } from './money.js';

export const ContactPayload = z.strictObject({
  firstName: z.string().min(1).max(80),
  lastName: z.string().min(1).max(80),
  phoneE164: PhoneE164.optional(),
  email: z.email().optional(),
});

export const MatterPayload = z.strictObject({
  /** Clio contact id of the client. */
  contactId: z.int().positive(),
  description: z.string().min(1).max(500),
  practiceArea: PracticeArea.optional(),
});

export const NotePayload = z.strictObject({
  /** The Clio record the note hangs on: the matter, or the contact when the intake makes no matter. */
  parent: z.strictObject({ type: z.enum(['matter', 'contact']), id: z.int().positive() }),
  subject: z.string().min(1).max(255),
  detail: z.string().min(1).max(500_000),
});

export const PaymentRequestPayload = z.strictObject({
  money: Money,
  purpose: z.literal('consultation'),
  /** Travels in the payer's URL, so it is the opaque operation key and never a matter detail. */
  reference: z.string().max(64),
  payerName: z.string().max(160).optional(),
  payerEmail: z.email().optional(),
});

/**
 * What an unknown outcome allows. `look_up`: send again once a look-up found nothing. `prove`: never send again by
 * itself, because a repeat would move money twice; a person decides.
 */
export type UnknownOutcomeRule = 'look_up' | 'prove';

interface OperationRow {
  system: 'clio' | 'lawpay';
  payload: z.ZodType;
  afterUnknown: UnknownOutcomeRule;
  /** Asks for money or moves it: a firm may want two people to agree before it is retried or changed by hand. */
  money?: true;
}

/** Operation name → what it is: its system, its payload schema, its retry rule. The one table of all writes. */
export const operations = {
  'clio.contact.create': { system: 'clio', payload: ContactPayload, afterUnknown: 'look_up' },
  'clio.matter.create': { system: 'clio', payload: MatterPayload, afterUnknown: 'look_up' },
  'clio.note.create': { system: 'clio', payload: NotePayload, afterUnknown: 'look_up' },
  // A link moves no money, and its row under a unique reference makes it exactly one.
  'lawpay.paymentRequest.create': {
    system: 'lawpay',
    payload: PaymentRequestPayload,
    afterUnknown: 'look_up',
    money: true,
  },
} as const satisfies Record<string, OperationRow>;

export type Operation = keyof typeof operations;
export type System = (typeof operations)[Operation]['system'];
export type PayloadOf<O extends Operation> = z.infer<(typeof operations)[O]['payload']>;

/** The system an operation belongs to. */
export const systemOf = (operation: Operation): System => operations[operation].system;

/** Whether a firm may ask for two people. */
export const isMoney = (operation: Operation): boolean =>
  (operations[operation] as OperationRow).money ?? false;

/**
 * Where a write stands. `retrying` and `backoff` are quick and slow repeats; `parked` waits for a person; `expired`:
 * nobody came in all the time that parked writes are kept.
 */
export type WritePhase = 'running' | 'retrying' | 'backoff' | 'parked' | 'done' | 'discarded' | 'expired';

/** Importance for the person who works the dead letters; maps to Temporal priority keys 1–4. */
export const Priority = z.enum(['CRITICAL', 'HIGH', 'MEDIUM', 'LOW']);
export type Priority = z.infer<typeof Priority>;

const base = { tenantId: TenantId, callId: z.string(), key: OperationKey, priority: Priority };
/** One write, complete: what to do, for whom, under which key. */
export const WriteRequest = z.discriminatedUnion('operation', [
  z.object({ ...base, operation: z.literal('clio.contact.create'), payload: ContactPayload }),
  z.object({ ...base, operation: z.literal('clio.matter.create'), payload: MatterPayload }),
  z.object({ ...base, operation: z.literal('clio.note.create'), payload: NotePayload }),
  z.object({ ...base, operation: z.literal('lawpay.paymentRequest.create'), payload: PaymentRequestPayload }),
]);
export type WriteRequest = z.infer<typeof WriteRequest>;

/** Proof that a write landed. `found`: a look-up showed that an earlier attempt had already done it. */
export interface WriteReceipt {
  /** Id in the outside system, as text. */
  externalId: string;
  /** A page a person can open, when there is one (the payment link). */
  url?: string;
  landedBy: 'created' | 'found';
  atMs: number;
}
