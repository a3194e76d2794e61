/**
 * Whether the words of a recogniser that may still change are worth an answer. Some engines have them all when the caller
 * falls silent, others lag by a word or two: an answer to those is thrown away each time.
 */
import type { SpeculationRules } from './rules.js';

export interface PartialTrust {
  /** How often in a row they were others than the final ones. */
  readonly staleInARow: number;
  /** Starts to come that do without them. */
  readonly rest: number;
}

export const fullTrust: PartialTrust = { staleInARow: 0, rest: 0 };

export const mayUsePartial = ({ rest }: PartialTrust): boolean => rest === 0;

/** A start did without them. */
export const rested = (trust: PartialTrust): PartialTrust => ({
  ...trust,
  rest: Math.max(0, trust.rest - 1),
});

/** The final words have come. @param fresh they are the same. */
export function judged(
  { staleInARow, rest }: PartialTrust,
  fresh: boolean,
  { mostStale, restAfterStale }: SpeculationRules,
): PartialTrust {
  if (fresh) return { staleInARow: 0, rest };
  // One more after a rest is enough to rest again.
  if (staleInARow + 1 >= mostStale) return { staleInARow: mostStale - 1, rest: restAfterStale };
  return { staleInARow: staleInARow + 1, rest };
}
