import type { Connection } from '@temporalio/client';

/**
 * How many of the workflows that Temporal keeps, open or closed, hold payloads under each key. Reads every history, but
 * opens nothing: labels are in clear.
 */
export async function countKeys(connection: Connection, namespace: string): Promise<Map<string, number>> {
  const service = connection.workflowService;
  const counts = new Map<string, number>();
  let nextPageToken: Uint8Array | undefined;
  do {
    const page = await service.listWorkflowExecutions({ namespace, ...(nextPageToken && { nextPageToken }) });
    for (const listed of page.executions) {
      const asked = { namespace, execution: listed.execution ?? null };
      const ids = new Set<string>();
      collectKeyIds([listed, await service.describeWorkflowExecution(asked)], ids);
      await collectFromHistory(connection, asked, ids);
      for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    nextPageToken = page.nextPageToken;
  } while (nextPageToken.length > 0);
  return counts;
}

type Asked = Parameters<Connection['workflowService']['getWorkflowExecutionHistory']>[0];

async function collectFromHistory(connection: Connection, asked: Asked, into: Set<string>): Promise<void> {
  let nextPageToken: Uint8Array | undefined;
  do {
    const page = await connection.workflowService.getWorkflowExecutionHistory({
      ...asked,
      ...(nextPageToken && { nextPageToken }),
    });
    collectKeyIds(page.history, into);
    nextPageToken = page.nextPageToken;
  } while (nextPageToken.length > 0);
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
