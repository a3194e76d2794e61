/** Seeded randomness: the same seed gives the same conversations, so that what was found can be found again. */
export interface Dice {
  /** 0 ≤ n < 1. */
  next(): number;
  /** A whole number from 0 to `below` − 1. */
  upTo(below: number): number;
  chance(share: number): boolean;
  pick<T>(from: readonly [T, ...T[]]): T;
  bytes(length: number): Buffer;
}

/** mulberry32: 32 bits of state, good enough to spread conversations, and a seed fits a command line. */
export function createDice(seed: number): Dice {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const upTo = (below: number): number => Math.floor(next() * below);
  return {
    next,
    upTo,
    chance: (share) => next() < share,
    pick: (from) => from[upTo(from.length)] ?? from[0],
    bytes: (length) => Buffer.from(Array.from({ length }, () => upTo(256))),
  };
}

/** A seed of its own for each conversation of a run: one can be held again without those before it. */
export const seedOf = (runSeed: number, conversation: number): number =>
  (Math.imul(runSeed ^ 0x9e3779b9, 0x85ebca6b) + Math.imul(conversation + 1, 0xc2b2ae35)) >>> 0;
