/** What every write has in common, whichever system it goes to: the row of its operation and the frame of its request. */
import { z } from 'zod';
import { lazily } from '../lazily.js';
import { OperationKey, TenantId } from '../ids.js';

/**
 * What an unknown outcome allows. `look_up`: send again once a look-up found nothing. `prove`: never send again by
 * itself, because a repeat would move money twice, or because nothing can be looked up there; a person decides.
 */
export type UnknownOutcomeRule = 'look_up' | 'prove';

/**
 * The number of a request that a person has looked for in the outside system and not found: the only way in which a write
 * of unknown outcome is sent again under `prove`. It is set by an edit, which is audited.
 */
export const provenUndone = lazily(() => z.int().positive().optional());

/** What an operation is. */
export interface OperationRow {
  /** The outside system it belongs to. */
  system: string;
  payload: z.ZodType;
  afterUnknown: UnknownOutcomeRule;
  /** Asks for money or moves it: a firm may want two people to agree before it is retried or changed by hand. */
  money?: true;
}

/** Importance for the person who works the dead letters; maps to Temporal priority keys 1–4. */
export const Priority = lazily(() => z.enum(['CRITICAL', 'HIGH', 'MEDIUM', 'LOW']));
export type Priority = z.infer<typeof Priority>;

const frameOf = () => ({
  tenantId: TenantId,
  /** The call it comes of; absent when it comes of none (an alert, an event, a refund). */
  callId: z.string().optional(),
  key: OperationKey,
  priority: Priority,
});

/** The schema of one operation's request: what to do, for whom, under which key. */
export const requestOf = <O extends string, P extends z.ZodType>(operation: O, payload: P) =>
  z.object({ ...frameOf(), operation: z.literal(operation), payload });
