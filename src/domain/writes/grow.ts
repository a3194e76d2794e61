/** The writes HERMES makes in Clio Grow. */
import { z } from 'zod';
import { E164 } from '../intake.js';
import { lazily } from '../lazily.js';
import { provenUndone, requestOf, type OperationRow } from './request.js';

/** Clio names no limit for the message; this is what a person still reads. */
export const MAX_LEAD_MESSAGE_CHARS = 8_000;

export const LeadPayload = lazily(() =>
  z.strictObject({
    firstName: z.string().min(1).max(80),
    lastName: z.string().min(1).max(80),
    email: z.email().optional(),
    phoneE164: E164.optional(),
    /** The only free text that a lead has. */
    message: z.string().min(1).max(MAX_LEAD_MESSAGE_CHARS),
    provenUndone,
    /** A person has found it in Grow's inbox: it ends as done, and nothing is sent. */
    seenThere: z.literal(true).optional(),
  }),
);
export type LeadPayload = z.infer<typeof LeadPayload>;

export const growOperations = {
  // The inbox knows no key against repeats and shows nothing again, so that nobody but a person can tell.
  'grow.lead.create': { system: 'grow', payload: LeadPayload, afterUnknown: 'prove' },
} as const satisfies Record<string, OperationRow>;

export const growRequests = () => [requestOf('grow.lead.create', LeadPayload)] as const;
