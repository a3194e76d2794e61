/** What befalls the run as a whole, at seeded points of its progress: killed workers, a killed Temporal, silent vendors. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Vendor } from './fates.js';
import type { Dice } from '../fuzz/dice.js';
import type { ChaosSite } from './site.js';

export interface Blow {
  /** When so many writes have landed. */
  atLanded: number;
  what: 'worker killed' | 'Temporal killed' | 'Clio silent' | 'LawPay silent';
}

/** How long a vendor stays silent, milliseconds: long enough that breakers open; and until somebody has noticed. */
const SILENT_MS = 6_000;
const UNNOTICED_MS = 60_000;

/**
 * LawPay falls silent right at the beginning, while in the shortest run there are payment requests still to be made; the
 * other blows come between a tenth and eight tenths of the way, in any order.
 */
export function planBlows(dice: Dice, writes: number, kills: number, restarts: number): Blow[] {
  const whats: Blow['what'][] = [
    ...Array.from({ length: kills }, () => 'worker killed' as const),
    ...Array.from({ length: restarts }, () => 'Temporal killed' as const),
    'Clio silent',
  ];
  const order = whats.map((what) => ({ what, by: dice.next() })).sort((a, b) => a.by - b.by);
  const later = order.map(({ what }, i): Blow => {
    const share = 0.1 + (0.7 * (i + dice.next())) / order.length;
    return { what, atLanded: Math.floor(share * writes) };
  });
  return [{ what: 'LawPay silent', atLanded: 0 }, ...later];
}

/** @returns how many requests met a silence, by the name it is counted under. */
export async function strike(site: ChaosSite, what: Blow['what'], nth: number): Promise<number> {
  switch (what) {
    case 'worker killed': {
      const first = { pid: () => site.stack.pid('worker'), kill: () => site.stack.kill('worker') };
      const second = { pid: () => site.secondWorker.pid, kill: () => site.secondWorker.kill() };
      const worker = nth % 2 === 0 ? first : second;
      // It may still be coming back from the last time.
      while (worker.pid() === undefined) await pause(200);
      worker.kill();
      return 0;
    }
    case 'Temporal killed':
      site.stack.kill('temporal');
      return 0;
    case 'Clio silent':
      return silence(site, 'clio');
    case 'LawPay silent':
      return silence(site, 'lawpay');
  }
}

async function silence({ vendors }: ChaosSite, system: Vendor): Promise<number> {
  const id = await vendors[system].fault({ times: null, effect: { kind: 'down' } });
  const begunMs = Date.now();
  let hits: number;
  do {
    await pause(SILENT_MS);
    hits = (await vendors[system].faults()).find((fault) => fault.id === id)?.hits ?? 0;
  } while (hits === 0 && Date.now() - begunMs < UNNOTICED_MS);
  await vendors[system].clearFault(id);
  return hits;
}
