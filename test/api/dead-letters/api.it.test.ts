import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createDecisionDesk } from '../../../src/api/dead-letters/desk.js';
import { createRetry } from '../../../src/api/dead-letters/retry.js';
import { createUpdateIds } from '../../../src/api/dead-letters/update-ids.js';
import type { App } from '../../../src/api/app-types.js';
import type { Role } from '../../../src/api/permissions.js';
import { saveFirm } from '../../../src/db/tenants.js';
import { writeWorkflowId } from '../../../src/domain/ids.js';
import type { externalWrite } from '../../../src/workflows/externalWrite.js';
import { workflowTypes } from '../../../src/workflows/messages.js';
import { attributeKeys } from '../../../src/workflows/search-attributes.js';
import { writeStart } from '../../../src/workflows/write-start.js';
import { eventually } from '../../support/eventually.js';
import { silentLogger } from '../../support/log.js';
import { firm, quickLadder, startIntakeStack, type IntakeStack } from '../../workers/intake-stack.js';
import { bearer, testApp } from '../support/app.js';

let stack: IntakeStack;
let app: App;
beforeAll(async () => {
  stack = await startIntakeStack();
  const { pool, client: temporal, box } = stack;
  const logger = silentLogger;
  const desk = createDecisionDesk({ temporal, logger, updateIds: createUpdateIds(randomBytes(32)) });
  app = await testApp({ pool, box, desk, retry: createRetry({ pool, temporal, logger }) });
}, 90_000);
afterAll(async () => {
  await app.close();
  await stack.close();
}, 30_000);

/** Every answer of these routes, as far as a test reads it by field. */
interface Body {
  messages: { message_id: string }[];
  issues: { fingerprint: string }[];
  events: object[];
  errors: { field: string }[];
  results: object[];
  decisions: object[];
  proposed_changes: object[];
  proposed_by: string;
  state: string;
  fingerprint: string;
  payload: { money: { amountCents: number } };
}
interface Answer {
  status: number;
  body: Body;
}
async function ask(
  method: 'GET' | 'POST' | 'PATCH',
  path: string,
  options: { body?: object; role?: Role; subject?: string; tenantId?: string } = {},
): Promise<Answer> {
  const { body, role = 'ATTORNEY', subject = 'pat', tenantId = stack.tenantId } = options;
  const headers = await bearer({ tenantId, roles: [role], subject });
  const answer = await app.inject({ method, url: `/api/v1${path}`, headers, ...(body && { payload: body }) });
  return { status: answer.statusCode, body: answer.json<Body>() };
}

/** A call whose contact (or another step) the vendor refuses once. @returns the parked write as the list shows it. */
async function parked(): Promise<{ id: string; path: string }> {
  await stack.controls.clio.fault({
    match: { method: 'POST', path: '/api/v4/contacts' },
    effect: { kind: 'status', status: 422, body: { error: { type: 'ValidationError', message: 'no' } } },
  });
  const { callId } = await stack.call();
  const id = writeWorkflowId(stack.tenantId, 'clio', `${callId}.contact`);
  await eventually(async () => (await ask('GET', `/dlq/list?call_id=${callId}`)).body.messages.length === 1, {
    withinMs: 15_000,
    what: 'the write is listed',
  });
  return { id, path: `/dlq/${encodeURIComponent(id)}` };
}

const state = async (path: string): Promise<string> => (await ask('GET', path)).body.state;
const done = (path: string) =>
  eventually(async () => (await state(path)) === 'done', { withinMs: 15_000, what: 'the write landed' });

test('a parked write shows its masked payload, its errors and where its history is', async () => {
  const { id, path } = await parked();
  const { status, body } = await ask('GET', path, { role: 'READ_ONLY' });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    ...{ message_id: id, state: 'parked', revision: 0, attempts: 1, error_class: 'invalid' },
    payload: { firstName: 'D…', lastName: 'W…', phoneE164: '…42' },
    payload_available: true,
    errors: [{ attempt: 1, error_class: 'invalid' }],
    decisions: [],
    history_url: expect.stringContaining('op%3A'),
  });
  expect(JSON.stringify(body)).not.toContain('Whitcomb');
  expect((await ask('GET', path, { tenantId: 'another' })).status).toBe(404);
  const issues = await ask('GET', '/dlq/issues');
  expect(issues.body.issues).toContainEqual(
    expect.objectContaining({ fingerprint: body.fingerprint, state: 'open' }),
  );
});

test('a write that comes of no call parks, is listed, is edited and lands like any other', async () => {
  await stack.controls.clio.fault({
    match: { method: 'POST', path: '/api/v4/contacts' },
    effect: { kind: 'status', status: 422, body: { error: { type: 'ValidationError', message: 'no' } } },
  });
  const { tenantId } = stack;
  const start = writeStart({
    request: {
      ...{ operation: 'clio.contact.create', tenantId, key: 'of-no-call', priority: 'HIGH' },
      payload: { firstName: 'Dana', lastName: 'Whitcomb' },
    },
    ladder: quickLadder,
  });
  const handle = await stack.client.workflow.start<typeof externalWrite>(workflowTypes.externalWrite, start);
  const path = `/dlq/${encodeURIComponent(start.workflowId)}`;
  await eventually(async () => (await state(path)) === 'parked', { withinMs: 15_000, what: 'parked' });
  const listed = (await ask('GET', '/dlq/list')).body.messages;
  expect(listed).toContainEqual(
    expect.objectContaining({ message_id: start.workflowId, call_id: null, priority: 'HIGH' }),
  );
  const body = { changes: { lastName: 'Whitfield' }, reason: 'misheard', expected_revision: 0 };
  expect((await ask('POST', `${path}/edit`, { body })).status).toBe(200);
  expect(await handle.result()).toMatchObject({ status: 'done', receipt: { landedBy: 'created' } });
  expect((await ask('GET', path)).body).toMatchObject({ state: 'done', call_id: null });
  const attributes = (await handle.describe()).typedSearchAttributes;
  expect([attributes.get(attributeKeys.call), attributes.get(attributeKeys.tenant)]).toEqual([
    undefined,
    tenantId,
  ]);
});

describe('an edit', () => {
  test('is tried without effect, refused by the schema, then made, and shows what it changed', async () => {
    const { path } = await parked();
    const edit = (body: object, role?: Role) =>
      ask('POST', `${path}/edit`, {
        body: { reason: 'misheard', expected_revision: 0, ...body },
        ...(role && { role }),
      });
    expect((await edit({ changes: { firstName: 'Dora' } }, 'STAFF')).status).toBe(403);
    expect(await edit({ changes: { lastName: 'Whitfield' }, dry_run: true })).toMatchObject({
      status: 200,
      body: { result: 'checked', revision: 0, changes: [{ field: 'lastName', before: 'W…', after: 'W…' }] },
    });
    expect(await state(path)).toBe('parked');
    const refused = await edit({ changes: { email: 'not an address', firstName: null } });
    expect(refused.status).toBe(400);
    expect(refused.body.errors.map((e) => e.field).sort()).toEqual([
      'body.payload.email',
      'body.payload.firstName',
    ]);
    expect((await edit({ changes: { lastName: 'Whitcomb' } })).status).toBe(400);
    expect(await edit({ changes: { lastName: 'Whitfield' }, expected_revision: 3 })).toMatchObject({
      status: 409,
      body: { code: 'decision_refused', detail: expect.stringContaining('revision 0') },
    });
    expect(await edit({ changes: { lastName: 'Whitfield', phoneE164: null } })).toMatchObject({
      status: 200,
      body: { result: 'retried', revision: 1 },
    });
    await done(path);
    expect((await ask('GET', path)).body.decisions).toMatchObject([
      {
        ...{ action: 'write.edit', actor: 'pat', reason: 'misheard' },
        changes: [
          { field: 'lastName', before: 'W…', after: 'W…' },
          { field: 'phoneE164', before: '…42' },
        ],
      },
    ]);
  });

  test('of a write that is over is refused in words', async () => {
    const { path } = await parked();
    const body = { reason: 'wrong number', expected_revision: 0 };
    expect((await ask('POST', `${path}/discard`, { body, role: 'STAFF' })).status).toBe(403);
    expect(await ask('POST', `${path}/discard`, { body })).toMatchObject({
      status: 200,
      body: { result: 'discarded', revision: 1 },
    });
    await eventually(async () => (await state(path)) === 'discarded', {
      withinMs: 10_000,
      what: 'discarded',
    });
    const late = await ask('POST', `${path}/edit`, { body: { ...body, changes: { firstName: 'X' } } });
    expect(late).toMatchObject({ status: 409, body: { code: 'decision_refused' } });
  });
});

test('an issue gets an owner and a state, and the change is in the audit log', async () => {
  await parked();
  const [issue] = (await ask('GET', '/dlq/issues')).body.issues;
  const change = { state: 'acknowledged', owner: 'pat', reason: 'asked the vendor' };
  const path = `/dlq/issues/${issue!.fingerprint}`;
  expect((await ask('PATCH', path, { body: change, role: 'READ_ONLY' })).status).toBe(403);
  expect(await ask('PATCH', path, { body: change })).toMatchObject({ status: 200, body: { owner: 'pat' } });
  expect((await ask('PATCH', '/dlq/issues/none', { body: change })).status).toBe(404);
  expect((await ask('PATCH', path, { body: { reason: 'nothing' } })).status).toBe(400);
  const audit = await ask('GET', '/audit', { role: 'ADMIN' });
  expect(audit.body.events.at(-1)).toMatchObject({ action: 'issue.change', actor: 'pat' });
});

describe('a firm that wants two people for money', () => {
  /** Takes a call whose payment request parks, because LawPay refuses the firm's token once. */
  async function parkedPayment(): Promise<{ id: string; path: string }> {
    await stack.controls.lawpay.fault({
      match: { method: 'GET', path: '/' },
      effect: { kind: 'status', status: 422, body: { messages: [{ code: 'invalid', message: 'no' }] } },
    });
    const startedAtMs = Date.now();
    const { callId } = await stack.call({ firm: { ...firm, deadLetters: rules }, startedAtMs });
    const id = writeWorkflowId(stack.tenantId, 'lawpay', `${callId}.payment`);
    const path = `/dlq/${encodeURIComponent(id)}`;
    await eventually(async () => (await state(path)) === 'parked', { withinMs: 20_000, what: 'parked' });
    return { id, path };
  }
  const rules = { secondPersonForMoney: true, criticalAlert: 10 };
  beforeAll(() => saveFirm(stack.pool, { ...firm, deadLetters: rules }));
  afterAll(() => saveFirm(stack.pool, firm));

  test('sees a retry carried out when somebody else approves it, and only then', async () => {
    const { id, path } = await parkedPayment();
    const proposal = await ask('POST', '/dlq/retry', { body: { message_ids: [id] }, role: 'STAFF' });
    expect(proposal.body.results).toMatchObject([{ result: 'proposed' }]);
    await eventually(async () => (await ask('GET', path)).body.proposed_by === 'pat', {
      withinMs: 10_000,
      what: 'the list shows who proposed it',
    });
    const listed = await ask('GET', '/dlq/list?awaiting_approval=true');
    expect(listed.body.messages.map((m) => m.message_id)).toEqual([id]);
    const body = { reason: 'checked the account', expected_revision: 1 };
    expect(await ask('POST', `${path}/approve`, { body })).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('cannot approve') },
    });
    expect(await state(path)).toBe('parked');
    expect(await ask('POST', `${path}/approve`, { body, subject: 'kim' })).toMatchObject({
      status: 200,
      body: { result: 'retried', revision: 2 },
    });
    await done(path);
    expect((await ask('GET', path)).body.decisions).toMatchObject([
      { action: 'write.propose', actor: 'pat', details: { about: 'retry' } },
      { action: 'write.approve', actor: 'kim', details: { about: 'retry', proposedBy: 'pat' } },
    ]);
  });

  test('sees a proposed edit with what it would change, and can withdraw it', async () => {
    const { path } = await parkedPayment();
    const edit = { changes: { money: { amountCents: 1 } }, reason: 'discount', expected_revision: 0 };
    expect(await ask('POST', `${path}/edit`, { body: edit })).toMatchObject({ body: { result: 'proposed' } });
    expect((await ask('GET', path)).body.proposed_changes).toEqual([
      { field: 'money.amountCents', before: 15_000, after: 1 },
    ]);
    const late = { body: { reason: 'x', expected_revision: 1 }, subject: 'kim' };
    expect(await ask('POST', `${path}/discard`, late)).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('pat has proposed to edit') },
    });
    expect(await ask('POST', `${path}/withdraw`, late)).toMatchObject({
      body: { result: 'withdrawn', revision: 2 },
    });
    const again = { body: { reason: 'x', expected_revision: 2 }, subject: 'kim' };
    expect((await ask('POST', `${path}/approve`, again)).status).toBe(409);
    expect((await ask('GET', path)).body.payload.money.amountCents).toBe(15_000);
  });
});
