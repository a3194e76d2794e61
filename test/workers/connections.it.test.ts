/** A firm whose grant is revoked while calls come in, and that connects again: real OAuth, real Temporal, real PostgreSQL. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClioConnector } from '../../src/activities/clio-connect.js';
import type { Tended } from '../../src/activities/tend-contracts.js';
import { createNoteReconnected } from '../../src/api/reconnected.js';
import { listAlerts } from '../../src/db/alerts.js';
import { withTenant } from '../../src/db/tenant.js';
import { writesOfCall } from '../../src/db/writes.js';
import { clioPlaces } from '../../src/domain/clio-regions.js';
import type { TenantId } from '../../src/domain/ids.js';
import { taskQueues, workflowTypes } from '../../src/workflows/messages.js';
import { clioApp } from '../../standins/clio/oauth.js';
import { eventually } from '../support/eventually.js';
import { silentLogger } from '../support/log.js';
import { noPacer } from '../support/pacer.js';
import { startIntakeStack, type IntakeStack } from './intake-stack.js';

const REDIRECT_URI = 'http://127.0.0.1:8080/oauth/clio/callback';
let stack: IntakeStack;
beforeAll(async () => {
  stack = await startIntakeStack();
}, 90_000);
afterAll(() => stack.close(), 30_000);

const alerts = async (kind: string) =>
  (await withTenant(stack.pool, stack.tenantId, (scope) => listAlerts(scope, stack.tenantId, 50))).filter(
    (alert) => alert.kind === kind,
  );

/** Three calls, whose first write parks each, because nobody's token is good any more. */
async function parkThree() {
  await stack.revoke();
  const calls = await Promise.all([stack.call(), stack.call(), stack.call()]);
  await eventually(
    async () => {
      const writes = await Promise.all(
        calls.map(({ callId }) =>
          withTenant(stack.pool, stack.tenantId, (scope) => writesOfCall(scope, stack.tenantId, callId)),
        ),
      );
      return writes.every(([first]) => first?.state === 'parked');
    },
    { withinMs: 20_000, what: 'three writes park' },
  );
  return calls;
}

/** The firm's administrator consents at Clio, and the edge redeems the code. */
async function consent(): Promise<void> {
  const { pool, box, clioUrl } = stack;
  const connector = createClioConnector({
    ...{ pool, box, logger: silentLogger, redirectUri: REDIRECT_URI, timeoutMs: 5_000, receiver: undefined },
    places: clioPlaces({ us: clioApp }, { us: clioUrl }),
    pacerFor: () => noPacer,
  });
  const answer = await fetch(connector.consentUrl('us', 'state') ?? '', { redirect: 'manual' });
  const code = new URL(answer.headers.get('location') ?? '').searchParams.get('code') ?? '';
  const outcome = await connector.connect(stack.tenantId, {
    ...{ region: 'us', code, actor: 'adm-1', otherAccount: false },
  });
  expect(outcome.kind).toBe('connected');
}

test('a revoked grant is one alert for all writes, which park and go on when the firm connects again', async () => {
  const calls = await parkThree();
  expect((await alerts('connection.refused')).filter(({ resolvedAt }) => !resolvedAt)).toHaveLength(1);
  await consent();
  await createNoteReconnected({ pool: stack.pool, temporal: stack.client })(stack.tenantId, 'clio');
  for (const { handle } of calls)
    expect((await handle.result()).steps).toMatchObject({
      contact: { status: 'done' },
      note: { status: 'done' },
    });
  expect((await alerts('connection.refused')).map(({ resolvedAt }) => resolvedAt)).not.toContain(null);
  expect((await alerts('connection.untold')).map(({ resolvedAt }) => resolvedAt)).not.toContain(null);
}, 90_000);

test('an edge that dies before it could tell the parked writes is made up for by the next round', async () => {
  const calls = await parkThree();
  await consent();
  const open = (await alerts('connection.untold')).filter(({ resolvedAt }) => !resolvedAt);
  expect(open).toHaveLength(1);
  const tended = await stack.client.workflow.execute<(input: { tenantId?: TenantId }) => Promise<Tended>>(
    workflowTypes.tendConnections,
    { workflowId: 'tend-connections', taskQueue: taskQueues.core, args: [{}] },
  );
  expect(tended).toMatchObject({ firms: 1, failed: 0 });
  for (const { handle } of calls)
    expect((await handle.result()).steps).toMatchObject({ contact: { status: 'done' } });
  expect((await alerts('connection.untold')).map(({ resolvedAt }) => resolvedAt)).not.toContain(null);
}, 90_000);
