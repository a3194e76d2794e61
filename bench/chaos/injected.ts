/** The faults of a run at the stand-ins, and how many requests each kind of them has met. */
import type { PlannedFault, Vendor } from './fates.js';
import type { ChaosSite } from './site.js';

export interface Injected {
  /** Ends what lasts until somebody ends it, so that what parked for it can land. */
  endLasting(): Promise<void>;
  /** Requests met so far, by kind. */
  met(): Promise<Record<string, number>>;
}

const AT_ONCE = 20;

export async function orderFaults(
  { vendors }: ChaosSite,
  planned: readonly PlannedFault[],
): Promise<Injected> {
  const known: { system: Vendor; id: string; kind: string; lasts: boolean }[] = [];
  const met: Record<string, number> = Object.fromEntries(planned.map(({ kind }) => [kind, 0]));
  const queue = planned.values();
  const order = async (): Promise<void> => {
    for (const { system, kind, order } of queue)
      known.push({ system, kind, id: await vendors[system].fault(order), lasts: order.times === null });
  };
  await Promise.all(Array.from({ length: AT_ONCE }, order));
  const hitsOf = async (system: Vendor) =>
    new Map((await vendors[system].faults()).map(({ id, hits }) => [id, hits]));
  return {
    endLasting: async () => {
      const hits = { clio: await hitsOf('clio'), lawpay: await hitsOf('lawpay') };
      for (const fault of known.filter(({ lasts }) => lasts)) {
        met[fault.kind] = (met[fault.kind] ?? 0) + (hits[fault.system].get(fault.id) ?? 0);
        await vendors[fault.system].clearFault(fault.id);
      }
      known.splice(0, known.length, ...known.filter(({ lasts }) => !lasts));
    },
    met: async () => {
      const hits = { clio: await hitsOf('clio'), lawpay: await hitsOf('lawpay') };
      const sums = { ...met };
      for (const { system, id, kind } of known) sums[kind] = (sums[kind] ?? 0) + (hits[system].get(id) ?? 0);
      return sums;
    },
  };
}
