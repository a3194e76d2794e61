/** Which parked writes are meant: the one filter of lists, counts and redrive jobs. */
import { z } from 'zod';
import { errorClasses } from '../domain/failures.js';
import { operations, type Operation, Priority, type System } from '../domain/writes.js';

const operationNames = Object.keys(operations) as [Operation, ...Operation[]];
const systemNames = [...new Set(Object.values(operations).map((o) => o.system))] as [System, ...System[]];
export const SystemName = z.enum(systemNames);
export const OperationName = z.enum(operationNames);
export const ErrorClassName = z.enum(errorClasses);

/** Every field narrows; a missing one does not. Times are epoch milliseconds, the lower one included. */
export const DeadLetterFilter = z.strictObject({
  system: SystemName.optional(),
  operation: OperationName.optional(),
  priority: Priority.optional(),
  errorClass: ErrorClassName.optional(),
  fingerprint: z.string().max(64).optional(),
  callId: z.string().max(100).optional(),
  parkedFromMs: z.int().optional(),
  parkedBeforeMs: z.int().optional(),
  awaitingApproval: z.boolean().optional(),
});
export type DeadLetterFilter = z.infer<typeof DeadLetterFilter>;

/** SQL condition with its parameters; `$1` is the tenant. More parameters may be pushed behind them. */
export interface Condition {
  sql: string;
  parameters: unknown[];
}

export function parkedThat(tenantId: string, filter: DeadLetterFilter): Condition {
  const parameters: unknown[] = [tenantId];
  const parts = ['tenant_id = $1', "state = 'parked'"];
  const narrow = (sql: (parameter: string) => string, value: unknown): void => {
    if (value === undefined) return;
    parameters.push(value);
    parts.push(sql(`$${parameters.length}`));
  };
  narrow((p) => `system = ${p}`, filter.system);
  narrow((p) => `operation = ${p}`, filter.operation);
  narrow((p) => `priority = ${p}`, filter.priority);
  narrow((p) => `error_class = ${p}`, filter.errorClass);
  narrow((p) => `fingerprint = ${p}`, filter.fingerprint);
  narrow((p) => `call_id = ${p}`, filter.callId);
  narrow((p) => `parked_at >= to_timestamp(${p}::float8 / 1000)`, filter.parkedFromMs);
  narrow((p) => `parked_at < to_timestamp(${p}::float8 / 1000)`, filter.parkedBeforeMs);
  narrow((p) => `(proposed_by is not null) = ${p}`, filter.awaitingApproval);
  return { sql: parts.join(' and '), parameters };
}
