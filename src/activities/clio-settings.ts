import { z } from 'zod';

/** What is settled about a firm's Clio, in `connections.settings`. */
export const FirmClioSettings = z.looseObject({
  region: z.string().optional(),
  /** The Clio account its tokens belong to. */
  account: z.object({ id: z.number(), name: z.string() }).optional(),
  /** The user who consented. */
  userId: z.number().optional(),
  /** The calendar appointments go into: a calendar's id, never a user's. */
  calendarId: z.number().optional(),
  /** Our custom fields, by the kind of record they are on. */
  referenceFields: z.object({ Contact: z.number().optional(), Matter: z.number().optional() }).default({}),
});
export type FirmClioSettings = Partial<z.infer<typeof FirmClioSettings>>;
