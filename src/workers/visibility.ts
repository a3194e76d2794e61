/** What Temporal knows of writes, for the reconciler. Works inside activities only: it asks through their worker's client. */
import { getClient } from '@temporalio/activity';
import { WorkflowNotFoundError, type WorkflowHandle } from '@temporalio/client';
import type { ReconcileDeps, SeenWrite, Word } from '../activities/reconcile.js';
import { ownLaneOf, systemOf, type WriteRequest } from '../domain/writes.js';
import { workflowTypes, writeContent, writeState, type WriteOutcome } from '../workflows/messages.js';
import { attributeKeys } from '../workflows/search-attributes.js';

const DEADLINE_MS = 10_000;
/** The largest page visibility gives; its limit is ten requests a second. */
const PAGE = 1_000;

export const seenWrites: ReconcileDeps['seen'] = async function* (signal) {
  const query = `WorkflowType = '${workflowTypes.externalWrite}' and ExecutionStatus = 'Running' and ${attributeKeys.state.name} in ('parked', 'backoff')`;
  for await (const { workflowId, typedSearchAttributes: known } of getClient().workflow.list({
    query,
    pageSize: PAGE,
  })) {
    signal.throwIfAborted();
    const tenantId = known.get(attributeKeys.tenant);
    const state = known.get(attributeKeys.state) as SeenWrite['state'] | undefined;
    if (tenantId === undefined || state === undefined) continue;
    yield { tenantId, workflowId, state, revision: known.get(attributeKeys.revision) ?? 0 };
  }
};

export const askWrite: ReconcileDeps['ask'] = async (workflowId) => {
  const client = getClient();
  const handle = client.workflow.getHandle<() => Promise<WriteOutcome>>(workflowId);
  try {
    return await client.withDeadline(Date.now() + DEADLINE_MS, () => wordOf(workflowId, handle));
  } catch (error) {
    if (error instanceof WorkflowNotFoundError)
      return { kind: 'lost', how: 'not known to Temporal any more' };
    throw error;
  }
};

async function wordOf(
  workflowId: string,
  handle: WorkflowHandle<() => Promise<WriteOutcome>>,
): Promise<Word> {
  const { status } = await handle.describe();
  if (status.name === 'COMPLETED') {
    const outcome = await handle.result();
    if (outcome.status !== 'done') return { kind: 'discarded' };
    const { externalId, url } = outcome.receipt;
    return { kind: 'done', externalId, ...(url !== undefined && { url }) };
  }
  if (status.name !== 'RUNNING') return { kind: 'lost', how: status.name.toLowerCase() };
  const [state, content] = [await handle.query(writeState), await handle.query(writeContent)];
  const { phase, attempts, revision, lastError, parkedAtMs, nextAttemptAtMs, proposal } = state;
  const { operation, tenantId, callId, priority } = content;
  return {
    kind: 'open',
    identity: {
      ...{ tenantId, workflowId, callId, operation, priority },
      system: systemOf(operation),
      lane: ownLaneOf(content as Pick<WriteRequest, 'operation' | 'payload'>),
    },
    progress: {
      ...{ state: phase, attempts, revision },
      ...(lastError && { errorClass: lastError.errorClass, errorMessage: lastError.message }),
      ...(parkedAtMs !== undefined && { parkedAtMs }),
      ...(nextAttemptAtMs !== undefined && { nextAttemptAtMs }),
      ...(proposal && { proposedBy: proposal.actor }),
    },
  };
}
