/** How an `externalWrite` is started, by whoever has something to write. Safe to import outside the sandbox. */
import { TypedSearchAttributes } from '@temporalio/common';
import { writeWorkflowId } from '../domain/ids.js';
import { operations, type WriteRequest } from '../domain/writes.js';
import { taskQueues, type ExternalWriteInput } from './messages.js';
import { livePriority } from './priorities.js';
import { attributeKeys } from './search-attributes.js';

/** Options of `startChild` and of a client's `start` alike. The id is the operation's: a second start meets the first. */
export function writeStart(input: ExternalWriteInput) {
  const { request } = input;
  const { system } = operations[request.operation];
  const call = request.callId === undefined ? [] : [{ key: attributeKeys.call, value: request.callId }];
  return {
    workflowId: writeWorkflowId(request.tenantId, system, request.key),
    taskQueue: taskQueues.core,
    args: [input] as [ExternalWriteInput],
    priority: livePriority(request),
    staticSummary: `${request.operation} for ${summaryOf(request)}`,
    typedSearchAttributes: new TypedSearchAttributes([
      { key: attributeKeys.tenant, value: request.tenantId },
      { key: attributeKeys.system, value: system },
      { key: attributeKeys.operation, value: request.operation },
      ...call,
    ]),
  };
}

/** Opaque, because summaries are shown in clear. */
const summaryOf = ({ callId, key }: WriteRequest): string => callId ?? key;
