/** Leads in a firm's Grow inbox, on real parts: PostgreSQL, Temporal, the workers, and Grow's stand-in over HTTP. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createNoteReconnected } from '../../src/api/reconnected.js';
import { listAlerts } from '../../src/db/alerts.js';
import { findLead } from '../../src/db/leads.js';
import { withTenant } from '../../src/db/tenant.js';
import { writesOfCall } from '../../src/db/writes.js';
import { writeWorkflowId } from '../../src/domain/ids.js';
import type { IntakeRecord } from '../../src/domain/intake.js';
import { LeadPayload } from '../../src/domain/writes/grow.js';
import {
  redriveWrite,
  resolveWrite,
  writeContent,
  writeState,
  type Resolution,
  type WriteState,
} from '../../src/workflows/messages.js';
import type { FaultOrder } from '../../standins/kit/faults.js';
import { eventually } from '../support/eventually.js';
import { startIntakeStack, type IntakeStack } from './intake-stack.js';

const by = { actor: 'adm-1', reason: 'a test' };
const settings = { region: 'us', sourceName: 'HERMES', referring: 'Phone call', leadId: 'either' } as const;

let stack: IntakeStack;
beforeAll(async () => {
  stack = await startIntakeStack();
}, 90_000);
afterAll(() => stack.close(), 30_000);
beforeEach(() => stack.growDesk.name(stack.tenantId, 'grow-standin-token', settings, by));
afterEach(() => stack.controls.grow.clearFaults());

type Intake = Awaited<ReturnType<IntakeStack['call']>>['handle'];
const inbox = { method: 'POST', path: '/inbox_leads' };
const leadsOf = async (callId: string): Promise<unknown[]> =>
  (await stack.controls.grow.created('lead')).filter((lead) => JSON.stringify(lead).includes(callId));
const requests = async (): Promise<number> => (await stack.controls.grow.ledger()).requests.length;
const inRows = <T>(work: Parameters<typeof withTenant<T>>[2]): Promise<T> =>
  withTenant(stack.pool, stack.tenantId, work);
const rowOf = (callId: string) =>
  inRows((scope) => findLead(scope, { tenantId: stack.tenantId, reference: `${callId}.lead` }));

const writeOf = (callId: string) =>
  stack.client.workflow.getHandle(writeWorkflowId(stack.tenantId, 'grow', `${callId}.lead`));
/** The intake's record, when all its writes have ended. */
const finished = async (handle: Intake): Promise<IntakeRecord> => {
  await eventually(async () => (await handle.describe()).status.name === 'COMPLETED', {
    withinMs: 20_000,
    what: 'the intake is finished',
  });
  return handle.result();
};
const parked = (callId: string, revision = 0): Promise<WriteState> =>
  eventually(
    async () => {
      const state = await writeOf(callId).query(writeState);
      return state.phase === 'parked' && state.revision === revision && state;
    },
    { withinMs: 20_000, what: `the lead parked at revision ${revision}` },
  );
const decide = (callId: string, decision: Resolution): Promise<WriteState> =>
  writeOf(callId).executeUpdate(resolveWrite, { args: [decision] });
const edit = async (callId: string, change: Partial<LeadPayload>): Promise<void> => {
  const { payload } = await writeOf(callId).query(writeContent);
  const edited = { ...LeadPayload.parse(payload), ...change };
  await decide(callId, { action: 'edit', actor: 'pat', reason: 'I looked in Grow', payload: edited });
};
const alertsOf = (kind: string) =>
  inRows((scope) => listAlerts(scope, stack.tenantId, 100)).then((rows) =>
    rows.filter((row) => row.kind === kind && row.subject === 'grow' && !row.resolvedAt),
  );

describe('a call to a firm with a lead inbox', () => {
  test('leaves exactly one lead, with name, number, the firm’s words for it and all answers, beside what Clio gets', async () => {
    const { callId, handle } = await stack.call();
    const record = await finished(handle);
    expect(await leadsOf(callId)).toMatchObject([
      {
        ...{ from_first: 'Dana', from_last: 'Whitcomb', from_phone: '+15125550142' },
        ...{ from_source: 'HERMES', referring_url: 'Phone call' },
        from_message: expect.stringContaining('Practice area: Personal Injury'),
      },
    ]);
    expect(record.targets).toEqual(['grow']);
    expect(record.steps).toMatchObject({
      lead: { status: 'done', externalId: expect.stringMatching(/^\d+$/) },
      contact: { status: 'done' },
      note: { status: 'done' },
    });
    const rows = await inRows((scope) => writesOfCall(scope, stack.tenantId, callId));
    expect(rows.filter(({ system }) => system === 'grow')).toMatchObject([
      { operation: 'grow.lead.create', state: 'done', attempts: 1, priority: 'HIGH' },
    ]);
  });

  test('leaves the lead although Clio is away', async () => {
    const down = { match: { path: '/api/v4' }, times: null, effect: { kind: 'down' } } as const;
    const outage = await stack.controls.clio.fault(down);
    const { callId, handle } = await stack.call();
    await eventually(async () => (await leadsOf(callId)).length === 1, {
      withinMs: 20_000,
      what: 'the lead is there',
    });
    const contact = stack.client.workflow.getHandle(
      writeWorkflowId(stack.tenantId, 'clio', `${callId}.contact`),
    );
    await eventually(async () => (await contact.query(writeState)).phase === 'parked', {
      withinMs: 20_000,
      what: 'the contact parks',
    });
    await stack.controls.clio.clearFault(outage);
    await contact.signal(redriveWrite, {});
    expect((await finished(handle)).steps?.lead).toMatchObject({ status: 'done' });
  });

  test('leaves none once the firm has let its inbox go', async () => {
    expect(await stack.growDesk.letGo(stack.tenantId, by)).toBe(true);
    const { callId, handle } = await stack.call();
    const record = await finished(handle);
    expect(record.steps).not.toHaveProperty('lead');
    expect(record.targets).toBeUndefined();
    expect(await leadsOf(callId)).toEqual([]);
  });

  test('has its lead sent again by itself when nothing can have been done', async () => {
    for (const effect of [
      { kind: 'rate_limited', retryAfterSeconds: 0 },
      { kind: 'html' },
    ] satisfies FaultOrder['effect'][])
      await stack.controls.grow.fault({ match: inbox, effect });
    const { callId, handle } = await stack.call();
    await finished(handle);
    expect(await leadsOf(callId)).toHaveLength(1);
    expect(await rowOf(callId)).toMatchObject({ state: 'landed', sends: 3 });
  });
});

describe('a lead whose answer is lost', () => {
  test('parks for a person although it is there, and neither a retry nor a redrive sends it again', async () => {
    await stack.controls.grow.fault({ match: inbox, effect: { kind: 'commit_then_cut' } });
    const { callId, handle } = await stack.call();
    const { lastError } = await parked(callId);
    expect(lastError).toMatchObject({ errorClass: 'outcome_unknown' });
    expect(lastError?.message).toContain(callId);
    expect((await writeOf(callId).query(writeContent)).priority).toBe('HIGH');
    const before = await requests();

    await decide(callId, { action: 'retry', actor: 'pat', reason: 'perhaps now' });
    await parked(callId, 1);
    await writeOf(callId).signal(redriveWrite, { jobId: 'all-of-today' });
    expect((await parked(callId, 2)).lastError?.message).toContain('provenUndone to 1');
    expect(await requests()).toBe(before);
    expect(await leadsOf(callId)).toHaveLength(1);

    await edit(callId, { seenThere: true });
    const record = await finished(handle);
    expect(record.steps?.lead).toMatchObject({ status: 'done', externalId: 'seen by a person' });
    expect(await requests()).toBe(before);
    expect(await leadsOf(callId)).toHaveLength(1);
  });

  test('goes once more when a person proves that it is not there, and only for that request', async () => {
    await stack.controls.grow.fault({ match: inbox, effect: { kind: 'cut' } });
    const { callId, handle } = await stack.call();
    await parked(callId);
    expect(await leadsOf(callId)).toEqual([]);

    await edit(callId, { provenUndone: 2 });
    await parked(callId, 1);
    expect(await leadsOf(callId)).toEqual([]);

    await edit(callId, { provenUndone: 1 });
    expect((await finished(handle)).steps?.lead).toMatchObject({ status: 'done' });
    expect(await leadsOf(callId)).toHaveLength(1);
    expect(await rowOf(callId)).toMatchObject({ state: 'landed', sends: 2 });
  });
});

describe('a lead that Grow refuses', () => {
  test('for its token parks with every other, one alert for all, and all go on when the token is put right', async () => {
    await stack.growDesk.name(stack.tenantId, 'mistyped', settings, by);
    const first = await stack.call();
    expect((await parked(first.callId)).lastError).toMatchObject({ errorClass: 'auth' });
    const asked = await requests();
    const second = await stack.call();
    expect((await parked(second.callId)).lastError).toMatchObject({ errorClass: 'auth' });
    // The first refusal spoke for all.
    expect(await requests()).toBe(asked);
    expect(await alertsOf('connection.refused')).toHaveLength(1);

    await stack.growDesk.name(stack.tenantId, 'grow-standin-token', settings, by);
    await createNoteReconnected({ pool: stack.pool, temporal: stack.client })(stack.tenantId, 'grow');
    for (const { callId, handle } of [first, second]) {
      await finished(handle);
      expect(await leadsOf(callId)).toHaveLength(1);
    }
    expect(await alertsOf('connection.refused')).toEqual([]);
  });

  test('for a field parks with the field named, and an edit mends it', async () => {
    const body = { inbox_lead: { errors: { from_last: ["can't be blank"] } } };
    await stack.controls.grow.fault({ match: inbox, effect: { kind: 'status', status: 422, body } });
    const { callId, handle } = await stack.call();
    expect((await parked(callId)).lastError).toMatchObject({
      errorClass: 'invalid',
      message: 'Grow answered 422 (from_last) to POST /inbox_leads',
    });
    await edit(callId, { lastName: 'Whitcombe' });
    await finished(handle);
    expect(await leadsOf(callId)).toMatchObject([{ from_last: 'Whitcombe' }]);
  });
});
