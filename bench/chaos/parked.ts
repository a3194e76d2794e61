/** Whether each parked write had a reason. Pure. */
import { isSilence, type ErrorClass } from '../../src/domain/failures.js';
import { fates, READ_REFUSAL, type Fate } from './fates.js';
import type { Intent } from './intents.js';

export interface ParkedVerdict {
  total: number;
  byCause: Record<string, number>;
  /** Parked although nothing that it met asks for a person. */
  unjustified: { key: string; cause: ErrorClass | null; met: string | null }[];
}

/**
 * @param seen workflow ids that were parked once all was quiet, with their cause.
 * @param met requests met by kind of fault.
 */
export function judgeParked(
  intents: readonly Intent[],
  seen: ReadonlyMap<string, ErrorClass | null>,
  met: Readonly<Record<string, number>>,
): ParkedVerdict {
  const byCause: Record<string, number> = {};
  const unjustified: ParkedVerdict['unjustified'] = [];
  let refusals = met[READ_REFUSAL] ?? 0;
  for (const { key, workflowId, system, fate } of intents) {
    const cause = seen.get(workflowId);
    if (cause === undefined) continue;
    byCause[cause ?? 'none'] = (byCause[cause ?? 'none'] ?? 0) + 1;
    const isRefusedRead = system === 'lawpay' && cause === 'invalid' && refusals-- > 0;
    const expected = fate === null ? undefined : (fates[fate] as Fate).parks;
    // The ladder is a quarter of a minute long here: a fault of its own and an outage together can use it up.
    const isOutlasted = fate !== null && cause !== null && isSilence(cause);
    if (!isRefusedRead && !isOutlasted && cause !== expected) unjustified.push({ key, cause, met: fate });
  }
  return { total: seen.size, byCause, unjustified };
}
