/** Events of a firm on their way to its endpoints, over real parts: API, PostgreSQL, Temporal, a receiver on a socket. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import OpenAI from 'openai';
import { z } from 'zod';
import type { App } from '../../src/api/app-types.js';
import { createNoteReconnected } from '../../src/api/reconnected.js';
import { createStartWrite } from '../../src/api/start-write.js';
import { listAlerts } from '../../src/db/alerts.js';
import { auditOf } from '../../src/db/audit.js';
import { withTenant } from '../../src/db/tenant.js';
import { writeWorkflowId } from '../../src/domain/ids.js';
import { controlOf, type Control } from '../../standins/kit/control.js';
import { startStandin, type RunningStandin } from '../../standins/kit/standin.js';
import { receiverStandin } from '../../standins/receiver/server.js';
import { bearer, testApp } from '../api/support/app.js';
import { eventually } from '../support/eventually.js';
import { silentLogger } from '../support/log.js';
import { quickLadder, startIntakeStack, type IntakeStack } from './intake-stack.js';

let stack: IntakeStack;
let app: App;
let receiver: RunningStandin;
let control: Control;
beforeAll(async () => {
  stack = await startIntakeStack({
    breaker: { failures: 4, probeAfterMs: 300, probeMaxMs: 600 },
    // The window outlasts the test: what waits, waits for its endpoint and not for a person.
    outgoing: {
      ladder: { ...quickLadder, slowDelaysMs: [300], slowWindowMs: 600_000 },
      timeoutMs: 1_000,
    },
  });
  const { pool, client: temporal, box } = stack;
  app = await testApp({
    ...{ pool, box },
    webhooks: {
      box,
      policy: { ports: [443], allowPrivate: true },
      maxRatePerMinute: 60_000,
      start: createStartWrite({ temporal, logger: silentLogger }),
      reconnected: createNoteReconnected({ pool, temporal }),
    },
  });
  receiver = await startStandin(receiverStandin, { port: 0 });
  control = controlOf(receiver.url);
}, 120_000);
afterAll(async () => {
  await app.close();
  await receiver.close();
  await stack.close();
}, 30_000);

interface Endpoint {
  id: string;
  secret: string;
  state: string;
  because: string | null;
}
const made: string[] = [];
async function ask<T = Endpoint>(
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body?: object,
): Promise<T> {
  const headers = await bearer({ tenantId: stack.tenantId, roles: ['ADMIN'], subject: 'pat' });
  const answer = await app.inject({ method, url: `/api/v1${path}`, headers, ...(body && { payload: body }) });
  if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${answer.body}`);
  return (answer.body === '' ? undefined : answer.json()) as T;
}
/** Unless told otherwise it hears of nothing but its own test events: calls of other tests may still be at work. */
async function endpoint(path: string, more: object = {}): Promise<Endpoint> {
  const body = {
    ...{
      url: `${receiver.url}${path}`,
      event_types: ['payment.failed'],
      rate_per_minute: 60_000,
      reason: 'a test',
    },
    ...more,
  };
  const created = await ask('POST', '/webhooks/endpoints', body);
  made.push(created.id);
  return created;
}
afterEach(async () => {
  await control.clearFaults();
  for (const id of made.splice(0)) await ask('DELETE', `/webhooks/endpoints/${id}`).catch(() => undefined);
  await control.reset();
});

const Received = z.object({
  path: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
});
const received = async (kind: 'event' | 'repeat' | 'catch') =>
  (await control.created(kind)).map((data) => Received.parse(data));
const bodies = async (kind: 'event' | 'catch' = 'event') =>
  (await received(kind)).map(({ body }) => JSON.parse(body) as { type: string; data?: object });
const typesReceived = async () => (await bodies()).map(({ type }) => type).sort();
const until = (what: string, holds: () => Promise<boolean>) => eventually(holds, { withinMs: 20_000, what });
const states = (endpointId: string): Promise<string[]> =>
  withTenant(stack.pool, stack.tenantId, async (scope) => {
    const { rows } = await scope.query<{ state: string }>(
      `select state from writes where lane = $1 order by created_at`,
      [`webhook.${endpointId}`],
    );
    return rows.map(({ state }) => state);
  });
const shown = (id: string): Promise<Endpoint> => ask('GET', `/webhooks/endpoints/${id}`);

describe('a call', () => {
  test('is told of, with its intake and each of its writes, signed and without a word of the caller’s', async () => {
    const { secret, id } = await endpoint('/in', { event_types: [] });
    const { callId, handle } = await stack.call();
    const ofType = async (type: string) => (await bodies()).filter((body) => body.type === type);
    const { steps } = await handle.result();
    const made = Object.values(steps ?? {}).filter(({ status }) => status === 'done').length;
    await until('all events', async () => (await typesReceived()).length === made + 2);
    expect(await ofType('write.landed')).toHaveLength(made);
    expect(await ofType('call.completed')).toHaveLength(1);
    const verifier = new OpenAI({ apiKey: 'none' }).webhooks;
    for (const { body, headers } of await received('event')) {
      await verifier.verifySignature(body, headers, secret);
      expect(body).toContain(callId);
      expect(body).not.toMatch(/Dana|Whitcomb|5550142|accident/i);
    }
    expect((await ofType('intake.completed'))[0]).toMatchObject({
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      data: { call_id: callId, disposition: expect.any(String), writes: made },
    });
    await until('the writes are done', async () => (await states(id)).every((state) => state === 'done'));
  });

  test('tells an endpoint only what it asked for, and who the caller was only where the firm says so', async () => {
    await endpoint('/ids', { event_types: ['call.completed'] });
    await endpoint('/whole', { event_types: ['intake.completed'], include_details: true });
    const { handle } = await stack.call();
    await handle.result();
    await until('both events', async () => (await typesReceived()).length === 2);
    expect(await typesReceived()).toEqual(['call.completed', 'intake.completed']);
    const [whole] = (await received('event')).filter(({ path }) => path === 'whole');
    expect(JSON.parse(whole!.body)).toMatchObject({
      data: { details: { first_name: 'Dana', last_name: 'Whitcomb' } },
    });
  });

  test('reaches a Zapier catch hook as one flat object with an id', async () => {
    await endpoint('/hooks/catch/1/abc', { event_types: ['call.completed'], kind: 'zapier' });
    const { callId } = await stack.call();
    await until('the catch', async () => (await bodies('catch')).length === 1);
    expect((await bodies('catch'))[0]).toMatchObject({
      id: expect.stringMatching(/^evt_[0-9a-f]{32}$/),
      ...{ type: 'call.completed', call_id: callId },
    });
  });
});

/** A test event to that endpoint. @returns its id at the receiver. */
const send = async (id: string): Promise<string> =>
  (await ask<{ event_id: string }>('POST', `/webhooks/endpoints/${id}/test`)).event_id;
const arrived = (eventId: string, kind: 'event' | 'repeat' = 'event') =>
  until(`${eventId} arrives`, async () =>
    (await received(kind)).some(({ headers }) => headers['webhook-id'] === eventId),
  );

describe('an answer', () => {
  test('that is lost after the event was taken brings it again under the same id, so that it counts once', async () => {
    const { id } = await endpoint('/lossy');
    await control.fault({ match: { method: 'POST' }, effect: { kind: 'commit_then_cut' } });
    const eventId = await send(id);
    await arrived(eventId, 'repeat');
    const ids = (await received('event')).map(({ headers }) => headers['webhook-id']);
    expect(ids).toEqual([eventId]);
    await until('it is done', async () => (await states(id)).join() === 'done');
  });

  test('of 410 unsubscribes: the endpoint is gone, its secrets forgotten, nothing more is sent', async () => {
    const { id } = await endpoint('/gone');
    await control.fault({ match: { method: 'POST' }, effect: { kind: 'status', status: 410 } });
    await send(id);
    await until('it is gone', async () => (await shown(id)).state === 'gone');
    expect((await shown(id)).because).toContain('410');
    await until('its write is over', async () => (await states(id)).join() === 'done');
    await expect(send(id)).rejects.toThrow('404');
    expect(await received('event')).toEqual([]);
    const events = await withTenant(stack.pool, stack.tenantId, (scope) =>
      auditOf(scope, stack.tenantId, `webhook:${id}`, 10),
    );
    expect(events.map(({ action }) => action)).toEqual(['webhook.create', 'webhook.unsubscribed']);
  });

  test('of 429 is waited out for as long as it asks', async () => {
    const { id } = await endpoint('/busy');
    await control.fault({
      match: { method: 'POST' },
      effect: { kind: 'rate_limited', retryAfterSeconds: 1 },
    });
    const eventId = await send(id);
    await arrived(eventId);
    const [refused, taken] = (await control.ledger()).requests;
    expect([refused?.status, taken?.status]).toEqual([429, 204]);
    expect(taken!.atMs - refused!.atMs).toBeGreaterThanOrEqual(1_000);
  });

  test('that redirects is not followed: the event waits until the endpoint takes it itself', async () => {
    const { id } = await endpoint('/moved');
    await control.configure({ redirectTo: `${receiver.url}/elsewhere` });
    const eventId = await send(id);
    await until('it was refused', async () => (await control.ledger()).requests.length > 0);
    await control.configure({ redirectTo: null });
    await arrived(eventId);
    expect((await received('event')).map(({ path }) => path)).toEqual(['moved']);
  });
});

describe('an endpoint that is silent', () => {
  test('holds up no other one, is asked by one write at a time, and gets everything once it is back', async () => {
    const [dead, well] = [await endpoint('/dead'), await endpoint('/well')];
    await control.fault({ match: { path: '/dead' }, times: null, effect: { kind: 'down' } });
    const lost = await Promise.all(Array.from({ length: 8 }, () => send(dead.id)));
    await until('its breaker opens', async () => {
      const { breakers } = await ask<{ breakers: { endpoint_id: string | null; state: string }[] }>(
        'GET',
        '/dlq/breakers',
      );
      return breakers.some(({ endpoint_id, state }) => endpoint_id === dead.id && state !== 'closed');
    });
    const eventId = await send(well.id);
    await arrived(eventId);
    const alerts = await withTenant(stack.pool, stack.tenantId, (scope) =>
      listAlerts(scope, stack.tenantId, 20),
    );
    expect(alerts.filter(({ subject }) => subject === `webhook.${dead.id}`)).toMatchObject([
      { kind: 'breaker.open', severity: 'warning' },
    ]);
    await control.clearFaults();
    for (const id of lost) await arrived(id);
    await until('all are done', async () => (await states(dead.id)).every((state) => state === 'done'));
  });

  test('for days is disabled with an alert; what waits goes on when somebody enables it', async () => {
    const { id } = await endpoint('/broken');
    await control.fault({ match: { path: '/broken' }, times: null, effect: { kind: 'status', status: 500 } });
    const eventId = await send(id);
    // What would take five days.
    await until('it is failing', async () => (await shown(id)).because !== null);
    await withTenant(stack.pool, stack.tenantId, (scope) =>
      scope.query(
        `update webhook_endpoints set failing_since = now() - interval '6 days' where endpoint_id = $1`,
        [id],
      ),
    );
    await until('it is disabled', async () => (await shown(id)).state === 'disabled');
    const write = stack.client.workflow.getHandle(
      writeWorkflowId(stack.tenantId, 'webhook', `${eventId}.${id}`),
    );
    await until('its event parks', async () => {
      if ((await states(id)).join() === 'parked') return true;
      // Its next attempt of its own is minutes away; while one is under way it is told nothing.
      await write.signal('redrive');
      return false;
    });
    const alerts = await withTenant(stack.pool, stack.tenantId, (scope) =>
      listAlerts(scope, stack.tenantId, 20),
    );
    const raised = alerts.filter(({ subject }) => subject.endsWith(id));
    expect(raised.map(({ kind }) => kind)).not.toContain('connection.refused');
    expect(raised.filter(({ kind }) => kind === 'webhook.disabled')).toMatchObject([
      { subject: id, severity: 'warning' },
    ]);
    await control.clearFaults();
    await ask('PATCH', `/webhooks/endpoints/${id}`, { state: 'active', reason: 'mended' });
    await arrived(eventId);
  });
});

test('a rotated secret signs beside the old one, so that a receiver may change over when it likes', async () => {
  const { id, secret } = await endpoint('/rotated');
  const { secret: next } = await ask('POST', `/webhooks/endpoints/${id}/rotate`, { reason: 'yearly' });
  await arrived(await send(id));
  const [one] = await received('event');
  const verifier = new OpenAI({ apiKey: 'none' }).webhooks;
  await verifier.verifySignature(one!.body, one!.headers, secret);
  await verifier.verifySignature(one!.body, one!.headers, next);
});

test('what a crash kept from being told is told by the sweep, once', async () => {
  const { id } = await endpoint('/swept', { event_types: ['payment.paid'] });
  await withTenant(stack.pool, stack.tenantId, (scope) =>
    scope.query(
      `insert into outgoing_events (tenant_id, event_id, type, occurred_at, data)
       values ($1, $2, 'payment.paid', now(), '{"state":"paid"}')`,
      [stack.tenantId, `evt_${'ab'.repeat(16)}`],
    ),
  );
  for (const run of [1, 2]) {
    const handle = await stack.client.workflow.start('sweepOutbox', {
      ...{ workflowId: `sweep-${run}`, taskQueue: 'hermes-core', args: [] },
    });
    expect(await handle.result()).toMatchObject({ events: run === 1 ? 1 : 0 });
  }
  await arrived(`evt_${'ab'.repeat(16)}`);
  expect(await states(id)).toHaveLength(1);
});
