/** Clio drops what it does not know, or may not do, and answers 201 all the same: so what it kept is read back. */
import { z } from 'zod';
import { OutsideError } from '../../domain/failures.js';

/** A record that the one read hangs on. */
export const Association = z.object({ id: z.number() }).nullish();

/**
 * @param kept what the answer must show of what was sent, by the name under which Clio knows it.
 * @throws OutsideError `conflict` naming what was dropped. The record is there by then and carries our reference: a retry
 *   finds it and takes it as it is.
 */
export function expectKept(resource: string, id: string, kept: Readonly<Record<string, boolean>>): void {
  const dropped = Object.entries(kept).flatMap(([name, isThere]) => (isThere ? [] : [name]));
  if (dropped.length === 0) return;
  throw new OutsideError(
    'conflict',
    `Clio made ${resource} ${id} but dropped ${dropped.join(', ')}: complete it there by hand, then retry`,
  );
}

/** The same instant, however it is written. */
export const sameInstant = (sent: string, read: string | null | undefined): boolean =>
  read != null && Date.parse(sent) === Date.parse(read);
