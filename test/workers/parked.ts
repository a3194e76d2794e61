/** Writes that a test has Clio refuse. */
import { withTenant } from '../../src/db/tenant.js';
import { writeWorkflowId } from '../../src/domain/ids.js';
import type { FaultOrder } from '../../standins/kit/faults.js';
import { eventually } from '../support/eventually.js';
import type { IntakeStack } from './intake-stack.js';

/** Clio finds fault with the record itself. */
export const refused: FaultOrder['effect'] = {
  ...{ kind: 'status', status: 422 },
  body: { error: { type: 'ValidationError', message: 'no' } },
};

/** Waits until the list shows the write so. */
export const inState = ({ pool, tenantId }: IntakeStack, id: string, state: string): Promise<unknown> =>
  eventually(
    () =>
      withTenant(pool, tenantId, async (scope) => {
        const { rows } = await scope.query<{ state: string }>(
          'select state from writes where workflow_id = $1',
          [id],
        );
        return rows[0]?.state === state;
      }),
    { withinMs: 15_000, what: `${id} is ${state}` },
  );

/** Takes a call whose contact's creations meet these, one after the other. @returns once that write is parked. */
export async function parkedContact(
  stack: IntakeStack,
  effects: readonly FaultOrder['effect'][],
): Promise<{ id: string; key: string }> {
  for (const effect of effects)
    await stack.controls.clio.fault({ match: { method: 'POST', path: '/api/v4/contacts' }, effect });
  const { callId } = await stack.call();
  const key = `${callId}.contact`;
  const id = writeWorkflowId(stack.tenantId, 'clio', key);
  await inState(stack, id, 'parked');
  return { id, key };
}
