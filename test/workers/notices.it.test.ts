/** Alerts and intakes of a firm on their way to people, over real parts and every carrier's stand-in. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { App } from '../../src/api/app-types.js';
import { createStartWrite } from '../../src/api/start-write.js';
import { createMailCarrier } from '../../src/clients/outgoing/mail.js';
import { createPagerDutyCarrier } from '../../src/clients/outgoing/pagerduty.js';
import { createSlackCarrier } from '../../src/clients/outgoing/slack.js';
import { createSmsCarrier } from '../../src/clients/outgoing/sms.js';
import { raiseAlert, resolveAlert, type Alert } from '../../src/db/alerts.js';
import { withTenant } from '../../src/db/tenant.js';
import { controlOf, type Control } from '../../standins/kit/control.js';
import { startStandin, type RunningStandin } from '../../standins/kit/standin.js';
import { noticesStandin } from '../../standins/notices/server.js';
import { smtpStandin } from '../../standins/smtp/server.js';
import { bearer, testApp } from '../api/support/app.js';
import { eventually } from '../support/eventually.js';
import { silentLogger } from '../support/log.js';
import { quickLadder, startIntakeStack, type IntakeStack } from './intake-stack.js';

let stack: IntakeStack;
let app: App;
let web: RunningStandin;
let post: RunningStandin;
let webControl: Control;
let postControl: Control;
const key = '0123456789abcdef0123456789abcdef';
beforeAll(async () => {
  [web, post] = await Promise.all([
    startStandin(noticesStandin, { port: 0 }),
    startStandin(smtpStandin, { port: 0 }),
  ]);
  [webControl, postControl] = [controlOf(web.url), controlOf(post.url)];
  const { port } = (await (await fetch(`${post.url}/smtp`)).json()) as { port: number };
  const timeoutMs = 1_000;
  stack = await startIntakeStack({
    breaker: { failures: 3, probeAfterMs: 300, probeMaxMs: 600 },
    outgoing: {
      ladder: { ...quickLadder, slowDelaysMs: [300], slowWindowMs: 600_000 },
      carriers: (send) => ({
        slack: createSlackCarrier(send),
        pagerduty: createPagerDutyCarrier({ baseUrl: web.url, timeoutMs }),
        mail: createMailCarrier({
          ...{ smtpUrl: `smtp://127.0.0.1:${port}`, from: 'hermes@firm.example', timeoutMs },
        }),
        sms: createSmsCarrier({
          ...{ baseUrl: web.url, accountSid: 'AC00000000000000000000000000000000', timeoutMs },
          ...{ authToken: 'standin-token', from: '+15125550100' },
        }),
      }),
      operator: { pagerduty: key },
    },
  });
  const { pool, client: temporal, box } = stack;
  app = await testApp({
    ...{ pool, box },
    notices: {
      box,
      policy: { ports: [443], allowPrivate: true },
      carriers: ['mail', 'sms', 'slack', 'pagerduty'],
      start: createStartWrite({ temporal, logger: silentLogger }),
    },
  });
}, 120_000);
afterAll(async () => {
  await app.close();
  await stack.close();
  await Promise.all([web.close(), post.close()]);
}, 30_000);
beforeEach(async () => {
  await Promise.all([webControl.reset(), postControl.reset()]);
  for (const { id } of (await ask<{ channels: { id: string }[] }>('GET', '/notices/channels')).channels)
    await ask('DELETE', `/notices/channels/${id}`);
});

async function ask<T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<T> {
  const headers = await bearer({ tenantId: stack.tenantId, roles: ['ADMIN'], subject: 'pat' });
  const answer = await app.inject({ method, url: `/api/v1${path}`, headers, ...(body && { payload: body }) });
  if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${answer.body}`);
  return (answer.body === '' ? undefined : answer.json()) as T;
}
const channel = (system: string, address: string, more: object = {}): Promise<{ id: string }> =>
  ask('POST', '/notices/channels', { system, address, reason: 'on call', ...more });
const mailbox = 'oncall@firm.example';
const slackUrl = (): string => `${web.url}/services/T0/B0/secret`;

/** Trouble, as any part of the system raises it; the sweep stands for the worker that was killed right afterwards. */
const raise = (alert: Partial<Alert> & { kind: string }): Promise<boolean> =>
  withTenant(stack.pool, stack.tenantId, (scope) =>
    raiseAlert(scope, {
      ...{ tenantId: stack.tenantId, severity: 'critical', message: 'something is wrong', ...alert },
    }),
  );
const resolve = (kind: string, subject?: string): Promise<boolean> =>
  withTenant(stack.pool, stack.tenantId, (scope) =>
    resolveAlert(scope, { tenantId: stack.tenantId, kind, ...(subject !== undefined && { subject }) }),
  );
let sweeps = 0;
const sweep = (): Promise<{ alerts: number }> =>
  stack.client.workflow.execute('sweepOutbox', {
    ...{ workflowId: `sweep-${(sweeps += 1)}`, taskQueue: 'hermes-core', args: [] },
  });
const mails = async () => (await postControl.created('mail')) as { to: string[]; data: string }[];
const until = (what: string, holds: () => Promise<boolean>) => eventually(holds, { withinMs: 20_000, what });
const incident = async (): Promise<unknown> =>
  (await webControl.ledger('incident')).records.at(-1)?.data['status'];

describe('an alert', () => {
  test('reaches every channel of the firm and the operator’s pager once, and its end closes the incident', async () => {
    await channel('mail', mailbox);
    await channel('slack', slackUrl());
    await channel('sms', '+15125550101', { alerts_from: 'critical' });
    await raise({ kind: 'trouble.one' });
    expect(await sweep()).toMatchObject({ alerts: 1 });
    expect(await sweep()).toMatchObject({ alerts: 0 });
    await until('all four', async () => {
      const told = [await mails(), await webControl.created('slack'), await webControl.created('sms')];
      return told.every((list) => list.length === 1) && (await incident()) === 'triggered';
    });
    expect((await mails())[0]?.data).toContain('something is wrong');
    await resolve('trouble.one');
    await sweep();
    await until('the incident is closed', async () => (await incident()) === 'resolved');
    expect([(await mails()).length, (await webControl.created('sms')).length]).toEqual([1, 1]);
  });

  test('that is only a warning wakes nobody', async () => {
    await channel('mail', mailbox);
    await channel('sms', '+15125550101', { alerts_from: 'critical' });
    await raise({ kind: 'trouble.small', severity: 'warning' });
    await sweep();
    await until('the mail', async () => (await mails()).length === 1);
    expect([await webControl.created('sms'), await incident()]).toEqual([[], undefined]);
  });

  test('that comes back at once is told once; that is over before anybody was told is not told', async () => {
    await channel('mail', mailbox);
    for (let time = 0; time < 5; time++) {
      await raise({ kind: 'trouble.flaps' });
      await sweep();
      await resolve('trouble.flaps');
    }
    await raise({ kind: 'trouble.short' });
    await resolve('trouble.short');
    await sweep();
    await raise({ kind: 'trouble.last' });
    await sweep();
    await until('two mails', async () => (await mails()).length === 2);
    expect((await mails()).map(({ data }) => /kind: (\S+)/.exec(data)?.[1]).sort()).toEqual([
      'trouble.flaps',
      'trouble.last',
    ]);
  });

  test('about the mail server goes everywhere but there, and its failing makes no alert about alerts', async () => {
    await channel('mail', mailbox);
    await channel('slack', slackUrl());
    await postControl.fault({ match: { method: 'SMTP' }, times: null, effect: { kind: 'cut' } });
    for (const kind of ['a', 'b', 'c', 'd']) await raise({ kind: `trouble.${kind}` });
    await sweep();
    const open = async () => {
      const { alerts } = await ask<{
        alerts: { kind: string; subject: string; resolved_at: string | null }[];
      }>('GET', '/alerts');
      return alerts.filter(({ resolved_at }) => resolved_at === null);
    };
    await until('the mail server’s breaker is alerted of', async () =>
      (await open()).some(({ kind, subject }) => kind === 'breaker.open' && subject === 'mail'),
    );
    await sweep();
    await until('Slack hears of it', async () =>
      (await webControl.created('slack')).some((data) =>
        JSON.stringify(data).includes('mail does not answer'),
      ),
    );
    await sweep();
    expect((await open()).filter(({ kind }) => kind === 'breaker.open')).toHaveLength(1);
    await postControl.clearFaults();
    await until('the mails that waited', async () => (await mails()).length === 4);
    expect((await mails()).every(({ data }) => !data.includes('mail does not answer'))).toBe(true);
    for (const kind of ['a', 'b', 'c', 'd']) await resolve(`trouble.${kind}`);
  });

  test('raised by a write that parks in a firm with a threshold of one reaches the firm without a sweep', async () => {
    await channel('mail', mailbox);
    await stack.controls.lawpay.fault({
      match: { method: 'GET', path: '/' },
      effect: { kind: 'status', status: 401, body: { messages: [{ code: 'not_authorized' }] } },
    });
    await stack.call();
    await until('the mail about the refused connection', async () =>
      (await mails()).some(({ data }) => data.includes('connection.refused')),
    );
    expect((await mails()).every(({ data }) => !/Dana|Whitcomb|5550142/.test(data))).toBe(true);
    await stack.connect(null);
    await resolve('connection.refused', 'lawpay');
  });
});

test('a finished intake is told to whoever wants to hear of intakes, by its id and a link', async () => {
  await channel('mail', 'intake@firm.example', { alerts_from: null, intakes: true });
  await channel('mail', mailbox);
  const { callId, handle } = await stack.call();
  await handle.result();
  await until('the mail', async () => (await mails()).length === 1);
  const [mail] = await mails();
  expect(mail!.to).toEqual(['intake@firm.example']);
  expect(mail!.data).toContain(`https://hermes.example/api/v1/intakes/${callId}`);
  expect(mail!.data).not.toMatch(/Dana|Whitcomb|5550142|accident/i);
});

describe('a channel', () => {
  test('is tried out by a test notice, and shown without its address', async () => {
    const { id } = await channel('slack', slackUrl());
    await ask('POST', `/notices/channels/${id}/test`);
    await until('the test notice', async () => (await webControl.created('slack')).length === 1);
    expect(JSON.stringify(await ask('GET', '/notices/channels'))).not.toContain('secret');
  });

  test('that is deleted is sent nothing that still waits for it', async () => {
    const { id } = await channel('mail', mailbox);
    await postControl.fault({ match: { method: 'SMTP' }, effect: { kind: 'cut' } });
    const { write_id } = await ask<{ write_id: string }>('POST', `/notices/channels/${id}/test`);
    await ask('DELETE', `/notices/channels/${id}`);
    await until('the write is over', async () => {
      const { state } = await ask<{ state: string }>('GET', `/dlq/${encodeURIComponent(write_id)}`);
      return state === 'done';
    });
    expect((await mails()).length).toBeLessThanOrEqual(1);
  });

  test.each([
    ['mail', 'nobody'],
    ['sms', '555-0101'],
    ['pagerduty', 'short'],
    ['slack', 'ftp://x.example/'],
  ])('of %s with a wrong address is refused', async (system, address) => {
    await expect(channel(system, address)).rejects.toThrow('400');
  });
});
