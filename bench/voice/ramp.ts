/** More and more calls until callers notice. */
import type { Summary } from './summary.js';

export interface RampResult {
  steps: Summary[];
  /** The largest load that was good. The edge was held to one core (or is one event loop): calls per core. */
  before: { calls: number; cpuShareOfCorePerCall: number } | null;
  /** Why the next larger load was not. */
  ended: string;
}

/** The figure is exact to this share. */
const EXACT_TO = 0.1;

/**
 * Doubles the calls until a load is not good, then halves the gap.
 * @param step measures so many calls. @param most no step has more. @param first calls of the first step.
 */
export async function ramp(
  most: number,
  step: (calls: number) => Promise<Summary>,
  first = 1,
): Promise<RampResult> {
  const steps: Summary[] = [];
  let before: RampResult['before'] = null;
  let firstP95Ms: number | undefined;
  let ended = `--calls ${most} was reached`;
  let bad = Infinity;
  for (let calls = Math.min(first, most); ;) {
    const summary = await step(calls);
    steps.push(summary);
    firstP95Ms ??= summary.responseLatencyMs?.p95;
    const fault = faultOf(summary, firstP95Ms);
    if (fault === null) before = { calls, cpuShareOfCorePerCall: summary.edge.cpuShareOfCorePerCall };
    else [bad, ended] = [calls, fault];
    const good = before?.calls ?? 0;
    const next = bad === Infinity ? Math.min(2 * good, most) : Math.round((good + bad) / 2);
    if (good === 0 || next <= good || next >= bad || (bad - good) / good <= EXACT_TO)
      return { steps, before, ended };
    calls = next;
  }
}

function faultOf(
  { responseLatencyMs, turns, generator }: Summary,
  firstP95Ms: number | undefined,
): string | null {
  if (!generator.valid) return 'the generator could not keep up';
  if (!responseLatencyMs || turns.missed > 0) return 'turns were missed';
  return responseLatencyMs.p95 > 2 * (firstP95Ms ?? Infinity) ? 'p95 had doubled' : null;
}
