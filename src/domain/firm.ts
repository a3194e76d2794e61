import { z } from 'zod';
import { lazily } from './lazily.js';
import { DeadLetterRules } from './dead-letter-rules.js';
import { TenantId } from './ids.js';
import { Money } from './money.js';

/** Every area a firm can handle. */
export const handledAreas = [
  'personal_injury',
  'family',
  'criminal',
  'immigration',
  'bankruptcy',
  'estate',
  'employment',
  'landlord_tenant',
] as const;
/** Practice areas, as in the intake record; `out_of_scope` is an area the firm does not handle. */
export const PracticeArea = lazily(() => z.enum([...handledAreas, 'out_of_scope']));
export type PracticeArea = z.infer<typeof PracticeArea>;

/**
 * What the agent and the intake need to know about a firm. Firm-configured data, snapshotted into each call so that a
 * later edit never changes a call in progress.
 */
export const FirmProfile = lazily(() =>
  z.object({
    tenantId: TenantId,
    name: z.string().min(1).max(120),
    /** Where a person of the firm answers, E.164: callers who ask for one are handed over to it, and telephone calls that break off. */
    telephone: z
      .string()
      .regex(/^\+[1-9]\d{6,14}$/, 'E.164, such as +15125550123')
      .optional(),
    /** IANA zone in which "last Saturday" is resolved, e.g. `America/Chicago`. */
    timeZone: z.string(),
    /** Two-letter USPS codes of the states the firm is licensed in. */
    states: z.array(z.string().length(2)),
    practiceAreas: z.array(PracticeArea),
    /**
     * Published consultation fees by area; an absent area is free. The account kind is part of the fee: unearned money
     * belongs in trust unless the firm says otherwise (ABA Formal Opinion 505), and code never guesses it.
     */
    consultationFees: z.partialRecord(PracticeArea, Money),
    /**
     * `ask`: a call is recorded from the caller's yes on. `never`: no sound is kept, whatever the caller says. Absent means
     * `ask`, which is what the greeting does.
     */
    recording: z.enum(['never', 'ask']).optional(),
    /**
     * The firm wants to hear when callers would like a consultation: they are asked, and each wish becomes a proposed entry
     * in a calendar. Absent: nobody is asked.
     */
    appointments: z
      .object({
        minutes: z.int().min(5).max(480).default(30),
        /** Id of a Clio calendar. Absent: that of whoever connected Clio. */
        calendarId: z.int().positive().optional(),
      })
      .optional(),
    /** Whether a call that somebody has to answer leaves a task in Clio, for whoever connected it. */
    followUpTasks: z.boolean().optional(),
    /** Whether the intake also becomes a file beside the matter, for firms that read documents and not notes. */
    intakeAsDocument: z.boolean().optional(),
    /** How the firm wants its dead letters handled. */
    deadLetters: DeadLetterRules.optional(),
  }),
);
export type FirmProfile = z.infer<typeof FirmProfile>;
