/** Workflows that ended as none of ours should, by what they were and why. */
import type { Client } from '@temporalio/client';

/** @returns how many, by kind and innermost cause; empty when there are none. */
export async function failedWorkflows(temporal: Client): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  const query = `ExecutionStatus in ('Failed', 'TimedOut', 'Terminated')`;
  for await (const { workflowId, runId, type, status } of temporal.workflow.list({ query })) {
    const why = await temporal.workflow
      .getHandle(workflowId, runId, { followRuns: false })
      .result()
      .then(() => 'no reason', innermost);
    const kind = `${type} ${status.name.toLowerCase()} (${why})`;
    found[kind] = (found[kind] ?? 0) + 1;
  }
  return found;
}

function innermost(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : innermost(error.cause);
}
