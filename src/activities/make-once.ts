/** Looking for earlier work, then creating: one record comes of it although the vendor knows no idempotency. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { PriorWrite } from '../db/writes.js';
import { OutsideError } from '../domain/failures.js';
import type { UnknownOutcomeRule, WriteReceipt } from '../domain/writes.js';

/** A record in the outside system. */
export interface Landed {
  externalId: string;
  url?: string;
}

/** How one request is found and made in one outside system. All may throw OutsideError. */
export interface WriteAdapter {
  /** The record an earlier attempt made, found by our reference. */
  find(): Promise<Landed | undefined>;
  /** Creating is one request, so that a vendor that refuses it has done nothing. */
  isOneRequest?: true;
  /** `referenced` is false when the vendor dropped our reference: the record could not be found again. */
  create(): Promise<Landed & { referenced: boolean }>;
  /** Whether a record that was once made without our reference carries it by now. */
  carriesReference(externalId: string): Promise<boolean>;
  /** Of an operation that wants proof: whether no earlier attempt can have done the work. Absent: nobody can tell. */
  provenUndone?(): Promise<boolean>;
}

export interface MakeOnce {
  /** Our reference, by which the record is found again. */
  key: string;
  /** What an earlier attempt left behind. */
  prior: PriorWrite | undefined;
  /** Whether an earlier attempt may have done the work. */
  inDoubt: boolean;
  /** What an unknown outcome allows. */
  rule: UnknownOutcomeRule;
  /** Pause between the two look-ups, milliseconds. */
  settleMs: number;
  /** Opens the way to the vendor. */
  adapter: () => Promise<WriteAdapter>;
  /** This attempt was refused, and there was no doubt before it. */
  noteNothingDone: () => void;
  /** Takes note of a record that was made without our reference. */
  noteUnreferenced: (externalId: string) => Promise<void>;
  signal: AbortSignal;
}

/** @throws OutsideError */
export async function makeOnce(task: MakeOnce): Promise<WriteReceipt> {
  const { key, prior } = task;
  // A reset or a second run of the intake: the table remembers longer than Temporal does.
  if (prior?.state === 'done' && prior.externalId !== null)
    return receiptOf(
      { externalId: prior.externalId, ...(prior.url !== null && { url: prior.url }) },
      'found',
    );
  const adapter = await task.adapter();
  if (prior && prior.externalId !== null) return adopt(adapter, prior.externalId, key);
  if (task.inDoubt) {
    const found = (await adapter.find()) ?? (await findAfterPause(task, adapter));
    if (found) return receiptOf(found, 'found');
    // Not found is no proof: an index lags, a request may still be on its way. Money waits for a person then.
    if (task.rule === 'prove' && !(await adapter.provenUndone?.())) throw notProven(key);
  }
  const { referenced, ...created } = await create(task, adapter);
  if (referenced) return receiptOf(created, 'created');
  await task.noteUnreferenced(created.externalId);
  throw lostReference(created.externalId, key);
}

/** A refusal after an attempt of unknown outcome proves nothing: the look-up may have missed what that one made. */
async function create({ inDoubt, noteNothingDone }: MakeOnce, adapter: WriteAdapter) {
  try {
    return await adapter.create();
  } catch (error) {
    const isRefused = error instanceof OutsideError && error.nothingDone;
    if (adapter.isOneRequest && isRefused && !inDoubt) noteNothingDone();
    throw error;
  }
}

async function findAfterPause({ settleMs, signal }: MakeOnce, adapter: WriteAdapter) {
  await sleep(settleMs, undefined, { signal });
  return adapter.find();
}

/** A record made earlier without our reference: good once a person has put the reference in, never made again. */
async function adopt(adapter: WriteAdapter, externalId: string, key: string): Promise<WriteReceipt> {
  if (!(await adapter.carriesReference(externalId))) throw lostReference(externalId, key);
  return receiptOf({ externalId }, 'found');
}

const notProven = (key: string): OutsideError =>
  new OutsideError(
    'outcome_unknown',
    `an earlier attempt may have done it: look for ${key} there; retry once it shows, or edit provenUndone when it surely does not`,
  );

const lostReference = (externalId: string, key: string): OutsideError =>
  new OutsideError(
    'conflict',
    `record ${externalId} was made but our reference was dropped: enter ${key} there by hand, then retry`,
  );

const receiptOf = (landed: Landed, landedBy: WriteReceipt['landedBy']): WriteReceipt => ({
  ...landed,
  landedBy,
  atMs: Date.now(),
});
