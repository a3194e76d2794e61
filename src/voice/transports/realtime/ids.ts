import { randomBytes } from 'node:crypto';

/** Names one thing of a session. */
export type NewId = (kind: 'item' | 'resp' | 'event' | 'sess') => string;

/** Ids that nobody else gives out: random for the session, counted within it. */
export function createIds(): NewId {
  const prefix = randomBytes(6).toString('hex');
  let count = 0;
  return (kind) => {
    count += 1;
    return `${kind}_${prefix}${count.toString(36).padStart(6, '0')}`;
  };
}
