/**
 * Eager start: at an early silence the answer may be begun before it is certain that the caller has finished. Every
 * `likely_end` is followed by one `confirm` or one `cancel`. A cancelled start costs recognition and model tokens, so
 * they are counted and limited.
 */
import type { SpeculationRules, TurnTakingDecision } from './rules.js';

export interface Speculation {
  /** A start waits for its outcome. */
  readonly open: boolean;
  readonly started: number;
  readonly confirmed: number;
  /** Cancelled starts of the call, and of the utterance. */
  readonly wasted: number;
  readonly wastedInUtterance: number;
}

export const noSpeculation: Speculation = {
  open: false,
  started: 0,
  confirmed: 0,
  wasted: 0,
  wastedInUtterance: 0,
};

export interface SpeculationStep {
  speculation: Speculation;
  decisions: readonly TurnTakingDecision[];
}

/**
 * Silence after which an end is likely.
 * @param silence the rule that ends the utterance as things stand; whether its words are all that was asked for, and
 * whether none are known.
 */
export function likelyAfterMs(
  { wastedInUtterance }: Speculation,
  { ruleMs, whole, blind }: { ruleMs: number; whole: boolean; blind: boolean },
  { afterMs, blindAfterMs, share }: SpeculationRules,
): number {
  const leastMs = blind ? blindAfterMs : afterMs;
  return (whole ? leastMs : Math.max(leastMs, ruleMs * share)) * 2 ** wastedInUtterance;
}

const unchanged = (speculation: Speculation): SpeculationStep => ({ speculation, decisions: [] });

/** A likely end, unless one is open already or the limits are reached. */
export function start(
  speculation: Speculation,
  at: { atMs: number; lastVoicedAtMs: number },
  rules: SpeculationRules,
): SpeculationStep {
  const { open, started, wasted, wastedInUtterance } = speculation;
  const allowed = wasted < rules.mostWasted && wastedInUtterance < rules.mostWastedInUtterance;
  if (open || !allowed) return unchanged(speculation);
  return {
    speculation: { ...speculation, open: true, started: started + 1 },
    decisions: [{ kind: 'likely_end', ...at }],
  };
}

/** The caller went on, or the words are others than those the start was made with. */
export function cancel(
  speculation: Speculation,
  atMs: number,
  cause: 'speech' | 'words' | 'dismissed',
): SpeculationStep {
  if (!speculation.open) return unchanged(speculation);
  const { wasted, wastedInUtterance } = speculation;
  return {
    speculation: {
      ...speculation,
      open: false,
      wasted: wasted + 1,
      wastedInUtterance: wastedInUtterance + 1,
    },
    decisions: [{ kind: 'cancel', atMs, cause }],
  };
}

/** The caller had finished indeed. */
export function confirm(speculation: Speculation, atMs: number): SpeculationStep {
  if (!speculation.open) return unchanged(speculation);
  return {
    speculation: { ...speculation, open: false, confirmed: speculation.confirmed + 1 },
    decisions: [{ kind: 'confirm', atMs }],
  };
}
