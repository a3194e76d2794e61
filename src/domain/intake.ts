/**
 * The intake record: what a call produces. Every gathered field carries its provenance; a field nobody said is absent.
 */
import { z } from 'zod';
import { lazily } from './lazily.js';
import { CallId, TenantId, writeSteps } from './ids.js';
import { PracticeArea } from './firm.js';
import { EndReason } from './turn.js';

/** A value with the turn it came from. `confidence` is 0–1; `verbatim` is what was said. */
const field = <T extends z.ZodType>(value: T) =>
  z.object({
    value,
    source: z.enum(['caller', 'caller_id', 'inferred']),
    turn: z.int().min(1),
    confidence: z.number().min(0).max(1),
    verbatim: z.string().max(2_000),
  });
export interface Field<T> {
  value: T;
  source: 'caller' | 'caller_id' | 'inferred';
  turn: number;
  confidence: number;
  verbatim: string;
}

/** North American number in E.164: area code and exchange begin with 2–9. */
export const PhoneE164 = lazily(() =>
  z.string().regex(/^\+1[2-9]\d{2}[2-9]\d{6}$/, 'a US number such as +15125550142'),
);
/** Any number in E.164, such as the line a call comes from. */
export const E164 = lazily(() => z.string().regex(/^\+[1-9]\d{6,14}$/, 'E.164, such as +15125550123'));
/** Calendar date, `YYYY-MM-DD`. */
export const IsoDate = lazily(() => z.iso.date());

export const Party = lazily(() => z.object({ name: z.string().min(1).max(200), role: z.string().max(60) }));
export type Party = z.infer<typeof Party>;

export const KeyDate = lazily(() =>
  z.object({
    type: z.enum(['incident', 'hearing', 'deadline', 'served', 'other']),
    date: IsoDate,
    precision: z.enum(['day', 'month', 'year', 'approx']),
  }),
);
export type KeyDate = z.infer<typeof KeyDate>;

export const Consent = lazily(() => z.enum(['granted', 'refused']));

/** When the caller would like to speak with the firm; `time` is `HH:MM` in the firm's zone, absent when only a day was said. */
export const WishedAppointment = lazily(() =>
  z.object({
    date: IsoDate,
    time: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
      .optional(),
  }),
);

/** How a call ended for the firm (reference: legal intake, section 5). */
export const Disposition = lazily(() =>
  z.enum([
    'callback_needed',
    'attorney_review',
    'conflict_hold',
    'referred_out',
    'message_taken',
    'abandoned',
    'no_action',
  ]),
);
export type Disposition = z.infer<typeof Disposition>;

export const ConflictCheck = lazily(() =>
  z.object({
    result: z.enum(['clear', 'possible', 'not_run']),
    namesSearched: z.array(z.string()),
    /** Epoch milliseconds, absent while not run. */
    runAtMs: z.number().optional(),
  }),
);
export type ConflictCheck = z.infer<typeof ConflictCheck>;

/** What became of one step of the intake in the firm's systems; `because` is a fixed sentence for people. */
export const StepResult = lazily(() =>
  z.object({
    status: z.enum(['done', 'discarded', 'not_started']),
    because: z.string().optional(),
    externalId: z.string().optional(),
    url: z.string().optional(),
  }),
);
export type StepResult = z.infer<typeof StepResult>;

export const IntakeRecord = lazily(() =>
  z.object({
    schemaVersion: z.literal(1),
    /** Version of the rules that filled it, for later audits. */
    rulesVersion: z.string(),
    tenantId: TenantId,
    callId: CallId,
    startedAtMs: z.number(),
    endedAtMs: z.number(),
    endReason: EndReason,
    disposition: Disposition,
    contact: z.object({
      firstName: field(z.string().min(1).max(80)).optional(),
      lastName: field(z.string().min(1).max(80)).optional(),
      phone: field(PhoneE164).optional(),
      email: field(z.email()).optional(),
    }),
    matter: z.object({
      practiceArea: field(PracticeArea).optional(),
      /** The caller's own words about the problem, in order. */
      narrative: z.array(field(z.string().max(4_000))),
      incidentDate: field(IsoDate).optional(),
      state: field(z.string().length(2)).optional(),
    }),
    parties: z.array(field(Party)),
    keyDates: z.array(field(KeyDate)),
    /** A wish, not an agreement: the firm confirms it. */
    appointment: field(WishedAppointment).optional(),
    consents: z.object({
      recording: field(Consent).optional(),
      sms: field(Consent).optional(),
    }),
    /** Values that a later statement replaced, oldest first: corrections append, never overwrite. */
    corrections: z.array(z.object({ path: z.string(), was: field(z.string()) })),
    conflict: ConflictCheck,
    /** Where the intake goes beside Clio, as the firm had it set up when the call ended: `grow`, its lead inbox. */
    targets: z.array(z.enum(['grow'])).optional(),
    /** Filled when the writes have ended; a step that was never due is absent. */
    steps: z.partialRecord(z.enum(writeSteps), StepResult).optional(),
  }),
);
export type IntakeRecord = z.infer<typeof IntakeRecord>;
