/**
 * The writes HERMES makes in other people's systems, one file per system in `writes/`. One schema per operation: a
 * payload is checked when it is made and again when a person edits it.
 */
import { z } from 'zod';
import { lazily } from './lazily.js';
import { clioOperations, clioRequests } from './writes/clio.js';
import { growOperations, growRequests } from './writes/grow.js';
import { lawpayOperations, lawpayRequests } from './writes/lawpay.js';
import { noticeOperations, noticeRequests, noticeSystems } from './writes/notice.js';
import type { OperationRow } from './writes/request.js';
import { webhookOperations, webhookRequests } from './writes/webhook.js';

export { Priority, type UnknownOutcomeRule } from './writes/request.js';

/** Operation name → what it is: its system, its payload schema, its retry rule. The one table of all writes. */
export const operations = {
  ...clioOperations,
  ...growOperations,
  ...lawpayOperations,
  ...webhookOperations,
  ...noticeOperations,
} as const satisfies Record<string, OperationRow>;

export type Operation = keyof typeof operations;
export type System = (typeof operations)[Operation]['system'];
/** Every outside system there is an operation for. */
export const systems: readonly System[] = [...new Set(Object.values(operations).map((row) => row.system))];
export type PayloadOf<O extends Operation> = z.infer<(typeof operations)[O]['payload']>;

/** One write, complete: what to do, for whom, under which key. Holds a member for every row of `operations`. */
export const WriteRequest = lazily(() =>
  z.discriminatedUnion('operation', [
    ...clioRequests(),
    ...growRequests(),
    ...lawpayRequests(),
    ...webhookRequests(),
    ...noticeRequests(),
  ]),
);
export type WriteRequest = z.infer<typeof WriteRequest>;

type OperationOf<S extends System> = {
  [O in Operation]: (typeof operations)[O]['system'] extends S ? O : never;
}[Operation];
/** The requests that go to one system. */
export type RequestOf<S extends System> = Extract<WriteRequest, { operation: OperationOf<S> }>;

/** The system an operation belongs to. */
export const systemOf = (operation: Operation): System => operations[operation].system;

/**
 * What has a health and a pace of its own: a system of a firm, or, where a system is many servers that know nothing of
 * each other, one of them (`webhook.ep_…`). Breakers and rate slots are kept for lanes.
 */
export type Lane = System | `${System}.${string}`;

/** The lane of a write, where it is not the whole system. */
export const ownLaneOf = (request: Pick<WriteRequest, 'operation' | 'payload'>): Lane | undefined =>
  request.operation === 'webhook.event.deliver'
    ? `webhook.${(request.payload as PayloadOf<'webhook.event.deliver'>).endpointId}`
    : undefined;

export const systemOfLane = (lane: Lane): System => lane.replace(/\..*/, '') as System;

/** Our own announcements to the outside. Nothing is announced about them in turn, or it would never end. */
export const isOutgoing = (system: System): boolean => outgoingSystems.has(system);
const outgoingSystems: ReadonlySet<System> = new Set(['webhook', ...noticeSystems]);

/** Whether a request goes to `system`. */
export const goesTo = <S extends System>(system: S, request: WriteRequest): request is RequestOf<S> =>
  systemOf(request.operation) === system;

/** Whether a firm may ask for two people. */
export const isMoney = (operation: Operation): boolean =>
  (operations[operation] as OperationRow).money ?? false;

/**
 * Where a write stands. `retrying` and `backoff` are quick and slow repeats; `parked` waits for a person; `expired`:
 * nobody came in all the time that parked writes are kept.
 */
export type WritePhase = 'running' | 'retrying' | 'backoff' | 'parked' | 'done' | 'discarded' | 'expired';

/** Proof that a write landed. `found`: a look-up showed that an earlier attempt had already done it. */
export interface WriteReceipt {
  /** Id in the outside system, as text. */
  externalId: string;
  /** A page a person can open, when there is one (the payment link). */
  url?: string;
  landedBy: 'created' | 'found';
  atMs: number;
}
