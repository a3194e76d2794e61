/** What a workflow costs Temporal: its events, by kind. */
import proto from '@temporalio/proto';
import type { DlqSite } from './site.js';

const { EventType } = proto.temporal.api.enums.v1;

/** Once it has ended. */
export async function eventsOf({ temporal }: DlqSite, workflowId: string): Promise<Record<string, number>> {
  const handle = temporal.workflow.getHandle(workflowId);
  await handle.result();
  const { events } = await handle.fetchHistory();
  const counts: Record<string, number> = {};
  for (const { eventType } of events ?? []) {
    const name = (EventType[eventType ?? 0] ?? 'unknown').replace('EVENT_TYPE_', '').toLowerCase();
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** Kinds that are not equally many, in words. */
export const difference = (one: Record<string, number>, other: Record<string, number>): string[] =>
  [...new Set([...Object.keys(one), ...Object.keys(other)])]
    .filter((kind) => (one[kind] ?? 0) !== (other[kind] ?? 0))
    .map((kind) => `${kind}: ${one[kind] ?? 0} and ${other[kind] ?? 0}`);
