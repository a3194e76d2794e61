/**
 * Our ledger of links, charges and refunds beside LawPay's. Tells where they disagree and what that means for people;
 * changes nothing, because what money does is a person's decision.
 */
import type { Books, Drift } from './books.js';
import { ofLink, ofListed, ofMovement } from './drift-rules.js';

export function compareBooks(books: Books): Drift[] {
  const byId = new Map(books.listed.map((one) => [one.id, one]));
  const ours = new Set(books.movements.flatMap(({ transactionId }) => transactionId ?? []));
  return [
    ...books.movements.flatMap((movement) => ofMovement(movement, byId)),
    ...books.links.flatMap((link) => ofLink(link, books)),
    ...ofListed(books, byId, ours),
  ];
}
