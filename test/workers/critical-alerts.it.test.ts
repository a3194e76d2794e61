/** Many CRITICAL writes park: who is told, how often, and when it is over. Over real parts and carriers' stand-ins. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { connectVendor } from '../../src/activities/vendor-tokens.js';
import { createMailCarrier } from '../../src/clients/outgoing/mail.js';
import { createPagerDutyCarrier } from '../../src/clients/outgoing/pagerduty.js';
import { createStartWrite } from '../../src/api/start-write.js';
import { listAlerts } from '../../src/db/alerts.js';
import { withTenant } from '../../src/db/tenant.js';
import { saveFirm } from '../../src/db/tenants.js';
import type { DeadLetterRules } from '../../src/domain/dead-letter-rules.js';
import { callIdFrom, writeWorkflowId, type TenantId } from '../../src/domain/ids.js';
import { resolveWrite, taskQueues, workflowTypes } from '../../src/workflows/messages.js';
import { controlOf, type Control } from '../../standins/kit/control.js';
import { startStandin, type RunningStandin } from '../../standins/kit/standin.js';
import { noticesStandin } from '../../standins/notices/server.js';
import { smtpStandin } from '../../standins/smtp/server.js';
import { bearer, testApp } from '../api/support/app.js';
import { eventually } from '../support/eventually.js';
import { silentLogger } from '../support/log.js';
import { firm, quickLadder, startIntakeStack, type IntakeStack } from './intake-stack.js';

let stack: IntakeStack;
let web: RunningStandin;
let post: RunningStandin;
let pager: Control;
let mail: Control;
const key = '0123456789abcdef0123456789abcdef';
beforeAll(async () => {
  [web, post] = await Promise.all([
    startStandin(noticesStandin, { port: 0 }),
    startStandin(smtpStandin, { port: 0 }),
  ]);
  [pager, mail] = [controlOf(web.url), controlOf(post.url)];
  const { port } = (await (await fetch(`${post.url}/smtp`)).json()) as { port: number };
  stack = await startIntakeStack({
    outgoing: {
      ladder: { ...quickLadder, slowDelaysMs: [300], slowWindowMs: 600_000 },
      carriers: () => ({
        pagerduty: createPagerDutyCarrier({ baseUrl: web.url, timeoutMs: 2_000 }),
        mail: createMailCarrier({
          ...{ smtpUrl: `smtp://127.0.0.1:${port}`, from: 'hermes@firm.example', timeoutMs: 2_000 },
        }),
      }),
      operator: { pagerduty: key },
    },
  });
  // What the vendor will not have parks at once, and raises no other alert.
  await stack.controls.clio.fault({
    match: { method: 'POST', path: '/api/v4/contacts' },
    effect: { kind: 'status', status: 422 },
    times: null,
  });
}, 120_000);
afterAll(async () => {
  await stack.close();
  await Promise.all([web.close(), post.close()]);
}, 30_000);

/** A firm with its own Clio, and a mailbox for what cannot wait. */
async function firmWith(tenantId: TenantId, deadLetters: Partial<DeadLetterRules>): Promise<void> {
  const { pool, box, controls, clioUrl, client: temporal } = stack;
  const rules = { secondPersonForMoney: false, criticalAlert: 10, ...deadLetters };
  await saveFirm(pool, { ...firm, tenantId, deadLetters: rules });
  const grant = z
    .object({ access_token: z.string(), refresh_token: z.string() })
    .parse(await controls.clio.post('grant'));
  await connectVendor(
    { pool, box, tenantId, system: 'clio' },
    {
      ...{ baseUrl: clioUrl, settings: {}, expiresAt: null },
      tokens: { accessToken: grant.access_token, refreshToken: grant.refresh_token },
    },
  );
  const app = await testApp({
    ...{ pool, box },
    notices: {
      ...{ box, policy: { ports: [443], allowPrivate: true }, carriers: ['mail'] },
      start: createStartWrite({ temporal, logger: silentLogger }),
    },
  });
  const headers = await bearer({ tenantId, roles: ['ADMIN'], subject: 'pat' });
  const payload = { system: 'mail', address: `${tenantId}@firm.example`, alerts_from: 'critical' };
  const answer = await app.inject({
    ...{ method: 'POST', url: '/api/v1/notices/channels', headers },
    payload: { ...payload, reason: 'on call' },
  });
  expect(answer.statusCode).toBe(201);
  await app.close();
}

/** @returns ids of so many writes, all begun at once and parked. */
async function park(tenantId: TenantId, count: number, priority: 'CRITICAL' | 'LOW' = 'CRITICAL') {
  const ids = await Promise.all(
    Array.from({ length: count }, async () => {
      const callId = callIdFrom(randomBytes(20));
      const request = {
        operation: 'clio.contact.create',
        ...{ tenantId, callId, key: `${callId}.contact`, priority },
        payload: { firstName: 'Dana', lastName: 'Whitcomb' },
      };
      const workflowId = writeWorkflowId(tenantId, 'clio', request.key);
      await stack.client.workflow.start(workflowTypes.externalWrite, {
        ...{ workflowId, taskQueue: taskQueues.core, args: [{ request, ladder: quickLadder }] },
      });
      return workflowId;
    }),
  );
  await until(
    `${count} writes of ${tenantId} are parked`,
    async () =>
      (await inFirm(tenantId, 'select workflow_id as id from writes where state = $1', 'parked')).filter(
        ({ id }) => ids.includes(String(id)),
      ).length === count,
  );
  return ids;
}
const inFirm = async (tenantId: TenantId, sql: string, ...values: unknown[]) =>
  (await withTenant(stack.pool, tenantId, (scope) => scope.query<Record<string, unknown>>(sql, values))).rows;
const until = (what: string, holds: () => Promise<boolean>) => eventually(holds, { withinMs: 20_000, what });

let runs = 0;
/** What the clock does every minute and every five. */
const run = <T>(workflowType: string): Promise<T> =>
  stack.client.workflow.execute(workflowType, {
    ...{ workflowId: `${workflowType}-${(runs += 1)}`, taskQueue: taskQueues.core, args: [] },
  }) as Promise<T>;
const sweep = () => run<{ alerts: number }>('sweepOutbox');
const criticals = async (tenantId: TenantId) =>
  (await withTenant(stack.pool, tenantId, (scope) => listAlerts(scope, tenantId, 50))).filter(
    ({ kind }) => kind === 'dead_letters.critical',
  );
const mailsTo = async (tenantId: TenantId) =>
  ((await mail.created('mail')) as { to: string[]; data: string }[]).filter(({ to }) =>
    to.includes(`${tenantId}@firm.example`),
  );
/** Incidents of one firm as PagerDuty has them now. */
const incidents = async (tenantId: TenantId) => {
  const ours = new Set((await criticals(tenantId)).map(({ alertId }) => alertId));
  const { records } = await pager.ledger('incident');
  const latest = new Map(records.map(({ id, data }) => [id, data]));
  return [...latest]
    .filter(([id]) => [...ours].some((alertId) => id.includes(alertId)))
    .map(([, data]) => data);
};
/** Everything that PagerDuty was ever sent. */
const calls = async () => (await pager.ledger()).requests.filter(({ path }) => path === '/v2/enqueue').length;
const retry = (workflowId: string) =>
  stack.client.workflow
    .getHandle(workflowId)
    .executeUpdate(resolveWrite, { args: [{ action: 'retry', actor: 'pat', reason: 'mended' }] });

test('ten CRITICAL writes that park are one notice to the firm and one incident, and the end of it closes that incident once', async () => {
  const tenantId = 'ten-of-them';
  await firmWith(tenantId, {});
  const parked = await park(tenantId, 9);
  await park(tenantId, 3, 'LOW');
  expect(await sweep()).toEqual({ firms: 2, events: 0, alerts: 0 });
  expect([await criticals(tenantId), await mailsTo(tenantId)]).toEqual([[], []]);

  // Three at the same moment: each of them finds the threshold crossed. Nothing but the crossing itself tells of it.
  parked.push(...(await park(tenantId, 3)));
  await until('the firm and the pager are told', async () => {
    const [mails, open] = [await mailsTo(tenantId), await incidents(tenantId)];
    return mails.length === 1 && open.length === 1;
  });
  expect(await sweep()).toMatchObject({ alerts: 0 });
  const [alert, ...more] = await criticals(tenantId);
  expect(more).toEqual([]);
  expect(alert).toMatchObject({ severity: 'critical', resolvedAt: null });
  expect((await mailsTo(tenantId))[0]?.data).toMatch(/1[0-2] CRITICAL writes are parked/);
  expect((await mailsTo(tenantId))[0]?.data).not.toMatch(/Dana|Whitcomb/);
  expect(await calls()).toBe(1);

  await stack.controls.clio.clearFaults();
  await Promise.all(parked.slice(0, 2).map(retry));
  await until('ten are left', async () => (await stillParked(tenantId)) === 10 + 3);
  await run('reconcileWrites');
  expect((await criticals(tenantId))[0]).toMatchObject({ resolvedAt: null });
  await Promise.all(parked.slice(2).map(retry));
  await until('none is left', async () => (await stillParked(tenantId)) === 3);
  await run('reconcileWrites');
  await sweep();
  await until(
    'the incident is closed',
    async () => (await incidents(tenantId))[0]?.['status'] === 'resolved',
  );
  await run('reconcileWrites');
  await sweep();
  expect(await incidents(tenantId)).toMatchObject([{ status: 'resolved', triggers: 1 }]);
  expect(await calls()).toBe(2);
  expect(await mailsTo(tenantId)).toHaveLength(1);
}, 180_000);

const stillParked = async (tenantId: TenantId) =>
  (await inFirm(tenantId, 'select 1 from writes where state = $1', 'parked')).length;

test('a firm that wants to hear of two hears of two, and one that wants to hear of twenty does not', async () => {
  await stack.controls.clio.fault({
    match: { method: 'POST', path: '/api/v4/contacts' },
    effect: { kind: 'status', status: 422 },
    times: null,
  });
  await firmWith('early', { criticalAlert: 2, parkedAlert: 3 });
  await firmWith('late', { criticalAlert: 20 });
  await park('late', 10);
  await park('early', 1);
  expect(await criticals('early')).toEqual([]);
  await park('early', 1);
  await until('the early one is told', async () => (await mailsTo('early')).length === 1);
  await park('early', 1, 'LOW');
  const kinds = await withTenant(stack.pool, 'early', (scope) => listAlerts(scope, 'early', 10));
  expect(kinds.map(({ kind, severity }) => `${kind} ${severity}`).sort()).toEqual([
    'dead_letters.critical critical',
    'dead_letters.parked warning',
  ]);
  await run('reconcileWrites');
  await sweep();
  expect([await criticals('late'), await mailsTo('late')]).toEqual([[], []]);
  // The warning is none of what this mailbox wants.
  expect(await mailsTo('early')).toHaveLength(1);
}, 120_000);
