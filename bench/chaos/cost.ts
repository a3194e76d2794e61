/** What a write costs Temporal: counted in the histories of some that landed. */
import type { ChaosSite } from './site.js';

export interface Cost {
  histories: number;
  workflowTasks: number;
  activities: number;
  events: number;
}

/** Histories read at most; each is a request to the server. */
const SAMPLE = 300;

/** @returns means per write. */
export async function costOf({ temporal }: ChaosSite, workflowIds: readonly string[]): Promise<Cost> {
  const step = Math.max(1, Math.floor(workflowIds.length / SAMPLE));
  const sample = workflowIds.filter((_, i) => i % step === 0).slice(0, SAMPLE);
  const sums: Cost = { histories: 0, workflowTasks: 0, activities: 0, events: 0 };
  for (const id of sample) {
    const { events } = await temporal.workflow.getHandle(id).fetchHistory();
    if (!events) continue;
    sums.histories += 1;
    sums.events += events.length;
    sums.workflowTasks += events.filter((event) => event.workflowTaskCompletedEventAttributes).length;
    sums.activities += events.filter((event) => event.activityTaskScheduledEventAttributes).length;
  }
  const mean = (sum: number): number => Math.round((100 * sum) / Math.max(1, sums.histories)) / 100;
  return {
    histories: sums.histories,
    workflowTasks: mean(sums.workflowTasks),
    activities: mean(sums.activities),
    events: mean(sums.events),
  };
}
