import { Client, type Connection } from '@temporalio/client';

/**
 * How many of the workflows that Temporal keeps, open or closed, hold payloads under each key. Reads every history, but
 * opens none: labels are in clear.
 */
export async function countKeys(connection: Connection, namespace: string): Promise<Map<string, number>> {
  const client = new Client({ connection, namespace });
  const counts = new Map<string, number>();
  for await (const { workflowId, runId } of client.workflow.list()) {
    const handle = client.workflow.getHandle(workflowId, runId);
    const [history, { raw }] = await Promise.all([handle.fetchHistory(), handle.describe()]);
    const ids = new Set<string>();
    collectKeyIds([history, raw], ids);
    for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

/** Walks any message and gathers the key ids of the sealed payloads in it. */
export function collectKeyIds(message: unknown, into: Set<string>): void {
  if (typeof message !== 'object' || message === null || message instanceof Uint8Array) return;
  for (const [name, value] of Object.entries(message)) {
    if (name === 'encryption-key-id' && value instanceof Uint8Array)
      into.add(Buffer.from(value).toString('utf8'));
    else collectKeyIds(value, into);
  }
}
