/**
 * One movement of money, a charge or what gives it back, as our ledger holds it. LawPay knows no idempotency: two equal
 * requests are two charges. So a request goes out only from `ready`, and only proof leads back there. The row outlives
 * crashes, repeats and a reset in Temporal, which knows nothing of what was already sent.
 */

/** `sent`: it may have been done. `answered`: LawPay has told what became of it. `closed`: it never goes out. */
export type MovementState = 'ready' | 'sent' | 'answered' | 'closed';

export interface Movement {
  state: MovementState;
  /** Requests that have left us so far; the current one is named by this number. */
  sends: number;
}

export const newMovement: Movement = { state: 'ready', sends: 0 };

export type MovementEvent =
  | { kind: 'send' }
  /** Proof that this request did nothing: it never left, or LawPay refused it in so many words. */
  | { kind: 'undone'; send: number }
  /** A person has looked in LawPay and says so. */
  | { kind: 'cleared'; send: number }
  /** LawPay told what became of it: by its answer, or by a transaction that carries our reference. */
  | { kind: 'answered' }
  /** Nobody waits for it any more. */
  | { kind: 'close' };

/** @returns the same object when the event does not fit: a late word about an earlier request says nothing of this one. */
export function afterMovement(movement: Movement, event: MovementEvent): Movement {
  const { state, sends } = movement;
  switch (event.kind) {
    case 'send':
      return state === 'ready' ? { state: 'sent', sends: sends + 1 } : movement;
    case 'undone':
    case 'cleared':
      return state === 'sent' && event.send === sends ? { ...movement, state: 'ready' } : movement;
    case 'answered':
      return state === 'answered' ? movement : { ...movement, state: 'answered' };
    case 'close':
      return state === 'ready' ? { ...movement, state: 'closed' } : movement;
  }
}

/** A transaction that may be ours. */
export interface Match {
  id: string;
  type: 'CHARGE' | 'REFUND';
  status: string;
  amountCents: number;
  accountId: string;
  reference: string | undefined;
}

export interface Wanted {
  type: Match['type'];
  reference: string;
  amountCents: number;
  accountId: string;
  /** Requests that went out under this reference. */
  sends: number;
}

/** What a look-up shows. `nothing` is no proof: LawPay's index lags, and a request may still be on its way. */
export type Finding<M extends Match> =
  | { kind: 'one'; match: M }
  | { kind: 'failed'; match: M }
  | { kind: 'nothing' }
  /** More than one, or one that is not what we asked for: only a person can tell what happened. */
  | { kind: 'wrong'; why: string };

/** Judges what a search brought. The search matches beginnings, so references are compared whole here. */
export function findingOf<M extends Match>(matches: readonly M[], wanted: Wanted): Finding<M> {
  const ours = matches.filter(
    ({ type, reference }) => type === wanted.type && reference === wanted.reference,
  );
  const distinct = [...new Map(ours.map((match) => [match.id, match])).values()];
  const failed = distinct.filter(({ status }) => status === 'FAILED');
  const [match, ...more] = distinct.filter(({ status }) => status !== 'FAILED');
  if (more.length > 0) return { kind: 'wrong', why: `${more.length + 1} transactions carry our reference` };
  if (match) {
    if (match.accountId !== wanted.accountId) return { kind: 'wrong', why: 'it lies in another account' };
    if (match.amountCents !== wanted.amountCents) return { kind: 'wrong', why: 'its amount is another' };
    return { kind: 'one', match };
  }
  // Each request that was declined leaves one; with fewer than were sent, one is unaccounted for.
  const last = failed.at(-1);
  return last && failed.length >= wanted.sends ? { kind: 'failed', match: last } : { kind: 'nothing' };
}
