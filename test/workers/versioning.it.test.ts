import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { writeWorkflowId } from '../../src/domain/ids.js';
import { resolveWrite, writeState } from '../../src/workflows/messages.js';
import { eventually } from '../support/eventually.js';
import { startIntakeStack, type IntakeStack } from './intake-stack.js';

let stack: IntakeStack;
beforeAll(async () => {
  stack = await startIntakeStack({ buildId: 'v1' });
}, 90_000);
afterAll(() => stack.close(), 60_000);

/** Sends new and moving workflows to this version. It has to be polling before the server knows it. */
const makeCurrent = (buildId: string): Promise<unknown> =>
  eventually(
    () =>
      stack.client.workflowService.setWorkerDeploymentCurrentVersion({
        namespace: stack.client.options.namespace,
        deploymentName: 'hermes',
        buildId,
        identity: 'test',
      }),
    { withinMs: 20_000, everyMs: 250, what: `${buildId} is current` },
  );

test('a parked write moves on to the version that is made current, and lands there', async () => {
  await makeCurrent('v1');
  await stack.controls.clio.fault({
    match: { method: 'POST', path: '/api/v4/contacts' },
    effect: { kind: 'status', status: 422, body: { error: { type: 'ValidationError', message: 'no' } } },
  });
  const { callId, handle } = await stack.call();
  const write = stack.client.workflow.getHandle(writeWorkflowId(stack.tenantId, 'clio', `${callId}.contact`));
  await eventually(async () => (await write.query(writeState)).phase === 'parked', {
    withinMs: 20_000,
    what: 'the contact parks',
  });
  // The old version goes away with the write still parked.
  await stack.restartWorkers('v2');
  await makeCurrent('v2');
  await write.executeUpdate(resolveWrite, {
    args: [{ action: 'retry', actor: 'pat', reason: 'a new version' }],
  });
  await handle.result();
  const { raw } = await write.describe();
  expect(raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId).toBe('v2');
}, 120_000);
