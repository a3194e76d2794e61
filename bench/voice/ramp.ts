/** Doubles the calls until callers notice. */
import type { Summary } from './summary.js';

export interface RampResult {
  steps: Summary[];
  /** The last load that was good. An edge is one event loop, so this is calls per core. */
  before: { calls: number; cpuShareOfCorePerCall: number } | null;
  /** Why no further step was taken. */
  ended: string;
}

/** @param step measures so many calls. @param most no step has more. */
export async function ramp(most: number, step: (calls: number) => Promise<Summary>): Promise<RampResult> {
  const steps: Summary[] = [];
  let before: RampResult['before'] = null;
  let firstP95Ms: number | undefined;
  for (let calls = 1; calls <= most; calls *= 2) {
    const summary = await step(calls);
    steps.push(summary);
    const p95Ms = summary.responseLatencyMs?.p95;
    if (!summary.generator.valid) return { steps, before, ended: 'the generator could not keep up' };
    if (p95Ms === undefined || summary.turns.missed > 0) return { steps, before, ended: 'turns were missed' };
    firstP95Ms ??= p95Ms;
    if (p95Ms > 2 * firstP95Ms) return { steps, before, ended: 'p95 had doubled' };
    before = { calls, cpuShareOfCorePerCall: summary.edge.cpuShareOfCorePerCall };
  }
  return { steps, before, ended: `--calls ${most} was reached` };
}
