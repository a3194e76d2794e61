/**
 * Identifiers. They appear in clear in Temporal's tables and UI, in logs and in vendors' records, so they are opaque:
 * never a name, a telephone number or an e-mail address. Every id stays under 255 characters (the width of Temporal's
 * visibility columns on PostgreSQL).
 */
import { z } from 'zod';
import { lazily } from './lazily.js';

/** One law firm: lower-case letters, digits and hyphens, 2–40 characters. */
export const TenantId = lazily(() =>
  z.string().regex(/^[a-z0-9][a-z0-9-]{1,39}$/, 'lower-case letters, digits and hyphens, 2–40 characters'),
);
export type TenantId = z.infer<typeof TenantId>;

/** One conversation: `call_` and 20 base-36 characters. */
export const CallId = lazily(() =>
  z.string().regex(/^call_[0-9a-z]{20}$/, '"call_" and 20 characters 0-9 a-z'),
);
export type CallId = z.infer<typeof CallId>;

/** Key of one outside side effect; stable over attempts, crashes and resets. At most 100 characters. */
export const OperationKey = lazily(() => z.string().regex(/^[0-9a-zA-Z_.-]{1,100}$/));
export type OperationKey = z.infer<typeof OperationKey>;

/** The step of an intake that a write belongs to; at most one write of each step per call. */
export const writeSteps = [
  'lead',
  'contact',
  'matter',
  'note',
  'communication',
  'document',
  'appointment',
  'task',
  'payment',
] as const;
export type WriteStep = (typeof writeSteps)[number];

const CALL_ID_ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';

/**
 * Builds a call id from random bytes.
 * @param bytes at least 20 random bytes; the caller supplies them because domain code has no randomness.
 * @throws RangeError when fewer than 20 bytes are given.
 */
export function callIdFrom(bytes: Uint8Array): CallId {
  if (bytes.length < 20) throw new RangeError(`a call id needs 20 random bytes, got ${bytes.length}`);
  return 'call_' + Array.from(bytes.subarray(0, 20), (b) => CALL_ID_ALPHABET[b % 36]).join('');
}

/** Operation key of one step of one call, e.g. `call_….matter`. */
export const operationKey = (callId: CallId, step: WriteStep): OperationKey => `${callId}.${step}`;

/** Workflow id of a call's intake. */
export const intakeWorkflowId = (tenantId: TenantId, callId: CallId): string =>
  `intake:${tenantId}:${callId}`;

/** Workflow id of one write; `system` is `clio`, `lawpay` … */
export const writeWorkflowId = (tenantId: TenantId, system: string, key: OperationKey): string =>
  `op:${tenantId}:${system}:${key}`;

/** `kind:tenant:…`, which every workflow of one firm is named after. */
const OF_TENANT = /^[a-zA-Z]+:([a-z0-9][a-z0-9-]{1,39}):./;

/** The firm a workflow works for, told by its id; undefined for one that works for all. */
export const tenantOfWorkflow = (workflowId: string): TenantId | undefined => OF_TENANT.exec(workflowId)?.[1];

/** Workflow id of the breaker of one outside system of a firm. */
export const breakerWorkflowId = (tenantId: TenantId, system: string): string =>
  `breaker:${tenantId}:${system}`;

/** Workflow id of one redrive job. */
export const redriveWorkflowId = (tenantId: TenantId, jobId: string): string =>
  `redrive:${tenantId}:${jobId}`;
