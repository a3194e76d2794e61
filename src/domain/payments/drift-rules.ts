/** How one entry of a ledger is held against the other ledger. */
import type { Books, Drift, Listed, LinkSent, MovementMade } from './books.js';

/** Younger than this a movement may still be on its way, or missing from an index that lags. Milliseconds. */
export const SETTLED_AFTER_MS = 900_000;

const isLive = ({ status }: Pick<Listed, 'status'>): boolean => status !== 'FAILED' && status !== 'VOIDED';
const sum = (cents: number): string => `$${(cents / 100).toFixed(2)}`;

/** Whether LawPay has it as we do. */
export function ofMovement(movement: MovementMade, byId: ReadonlyMap<string, Listed>): Drift[] {
  const { reference: subject, state, amountCents, accountId, transactionId, ageMs } = movement;
  if (ageMs < SETTLED_AFTER_MS) return [];
  if (state === 'sent')
    return [{ kind: 'unproven', subject, detail: `${sum(amountCents)} may have moved; LawPay has not told` }];
  // A refusal without a transaction left nothing to find.
  if (state !== 'answered' || transactionId === null) return [];
  const theirs = byId.get(transactionId);
  if (!theirs)
    return [{ kind: 'missing', subject, detail: `LawPay does not list transaction ${transactionId}` }];
  const drifts: Drift[] = [];
  if (theirs.amountCents !== amountCents)
    drifts.push({
      kind: 'amount_differs',
      subject,
      detail: `${sum(amountCents)} here, ${sum(theirs.amountCents)} there`,
    });
  if (theirs.accountId !== accountId)
    drifts.push({
      kind: 'account_differs',
      subject,
      detail: `account ${accountId} here, ${theirs.accountId} there`,
    });
  if (
    movement.how === 'void'
      ? theirs.status !== 'VOIDED'
      : theirs.status === 'FAILED' && movement.status !== 'FAILED'
  )
    drifts.push({ kind: 'failed_later', subject, detail: `it is ${theirs.status} at LawPay` });
  return drifts;
}

/** Whether a link was paid once, in full, into its account. */
export function ofLink(link: LinkSent, { listed, kinds }: Books): Drift[] {
  if (!link.onTheirPage) return [];
  const { reference: subject, amountCents, account } = link;
  const paid = listed.filter((one) => one.type === 'CHARGE' && one.reference === subject && isLive(one));
  const drifts = paid.flatMap((one): Drift[] => {
    const found: Drift[] = [];
    if (kinds.get(one.accountId) !== account)
      found.push({
        kind: 'account_differs',
        subject,
        detail: `meant for ${account}, paid into ${one.accountId}`,
      });
    if (one.amountCents !== amountCents)
      found.push({
        kind: isHundredfold(one.amountCents, amountCents) ? 'unit_suspect' : 'amount_differs',
        ...{ subject, detail: `asked for ${sum(amountCents)}, paid ${sum(one.amountCents)}` },
      });
    return found;
  });
  return paid.length > 1
    ? [...drifts, { kind: 'paid_twice', subject, detail: `${paid.length} payments for one request` }]
    : drifts;
}

/** What cents taken for dollars, or the other way round, look like. */
const isHundredfold = (a: number, b: number): boolean => a === b * 100 || b === a * 100;

/** What LawPay lists under our name, and we know nothing of. */
export function ofListed(
  { listed, movements, links }: Books,
  byId: ReadonlyMap<string, Listed>,
  ours: ReadonlySet<string>,
): Drift[] {
  const references = new Set(
    movements.filter(({ kind }) => kind === 'CHARGE').map(({ reference }) => reference),
  );
  const asked = new Set(links.map(({ reference }) => reference));
  const isOfUs = ({ id, reference }: Listed): boolean =>
    ours.has(id) || (reference !== undefined && (references.has(reference) || asked.has(reference)));
  return listed.flatMap((one): Drift[] => {
    const { id: subject, type, amountCents, refundedCents, reference, chargeId } = one;
    if (type === 'CHARGE') {
      const found: Drift[] = [];
      if (isLive(one) && !ours.has(subject) && reference !== undefined && references.has(reference))
        found.push({
          kind: 'unknown_charge',
          subject,
          detail: `${sum(amountCents)} under our reference ${reference}`,
        });
      if (refundedCents > amountCents)
        found.push({
          kind: 'over_refunded',
          subject,
          detail: `${sum(refundedCents)} of ${sum(amountCents)}`,
        });
      return found;
    }
    const charge = chargeId === undefined ? undefined : byId.get(chargeId);
    if (!isLive(one) || ours.has(subject) || !charge || !isOfUs(charge)) return [];
    return [
      { kind: 'unknown_refund', subject, detail: `${sum(amountCents)} of charge ${charge.id}, not by us` },
    ];
  });
}
