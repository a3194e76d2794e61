import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { postLead, type InboxOptions } from '../../../src/clients/grow/lead-inbox.js';
import { growHostOf } from '../../../src/domain/grow.js';
import { growStandin } from '../../../standins/grow/server.js';
import { controlOf, type Control } from '../../../standins/kit/control.js';
import type { FaultOrder } from '../../../standins/kit/faults.js';
import { startStandin, type RunningStandin } from '../../../standins/kit/standin.js';
import { noPacer } from '../../support/pacer.js';

let grow: RunningStandin;
let control: Control;
beforeAll(async () => {
  grow = await startStandin(growStandin, { port: 0 });
  control = controlOf(grow.url);
});
afterAll(() => grow.close());
beforeEach(() => control.reset());

const lead = {
  ...{ from_first: 'Dana', from_last: 'Whitcomb', from_message: 'A truck hit me.' },
  ...{ from_phone: '+15125550142', referring_url: 'Phone call', from_source: 'HERMES' },
};
const options = (more: Partial<InboxOptions> = {}): InboxOptions => ({
  ...{ baseUrl: grow.url, token: 'grow-standin-token', leadId: 'either', pacer: noPacer },
  ...{ timeoutMs: 5_000, signal: new AbortController().signal },
  ...more,
});
const failure = (error: unknown) => ({ failed: error });
const fault = (effect: FaultOrder['effect']) =>
  control.fault({ match: { method: 'POST', path: '/inbox_leads' }, effect });

describe('a lead that is posted', () => {
  test('is there once, as it was sent, and its token with it in the body alone', async () => {
    expect(await postLead(options(), lead)).toBe('1');
    expect(await control.created('lead')).toEqual([{ ...lead, id: 1 }]);
    expect((await control.ledger()).requests.map(({ path }) => path)).toEqual(['/inbox_leads']);
  });

  test.each([
    ['inbox_lead.id', 'inbox_lead.id', '1'],
    ['inbox_lead.id', 'either', '1'],
    ['id', 'id', '1'],
    ['id', 'either', '1'],
    ['id', 'inbox_lead.id', undefined],
    ['none', 'either', undefined],
  ] as const)(
    'has landed when the answer is of form %s and %s is expected',
    async (successBody, leadId, id) => {
      await control.configure({ successBody });
      expect(await postLead(options({ leadId }), lead)).toBe(id);
    },
  );

  test('has landed when a 201 cannot be read', async () => {
    await fault({ kind: 'garbled' });
    expect(await postLead(options(), lead)).toBeUndefined();
    expect(await control.created('lead')).toHaveLength(1);
  });
});

describe('a lead that is refused', () => {
  test('for its token is of class auth', async () => {
    await expect(postLead(options({ token: 'another' }), lead)).rejects.toMatchObject({
      errorClass: 'auth',
      message: 'Grow answered 401 to POST /inbox_leads',
    });
  });

  test('for what it lacks is invalid, and tells the field and nothing else of the lead', async () => {
    await expect(postLead(options(), { ...lead, from_last: '' })).rejects.toMatchObject({
      errorClass: 'invalid',
      message: 'Grow answered 422 (from_last) to POST /inbox_leads',
    });
  });

  test.each<[FaultOrder['effect'], string]>([
    [{ kind: 'html' }, 'unavailable'],
    [{ kind: 'rate_limited', retryAfterSeconds: 7 }, 'rate_limited'],
    [{ kind: 'status', status: 403, body: { error: 'no' } }, 'auth'],
    [{ kind: 'status', status: 404 }, 'conflict'],
    [{ kind: 'status', status: 400 }, 'invalid'],
  ])('by %j has done nothing and is %s', async (effect, errorClass) => {
    await fault(effect);
    const { failed } = await postLead(options(), lead).then(() => failure(undefined), failure);
    expect(failed).toMatchObject({ errorClass });
    if (effect.kind === 'rate_limited') expect(failed).toMatchObject({ retryAfterMs: 7_000 });
    expect(await control.created('lead')).toEqual([]);
  });
});

describe('a lead whose outcome nobody knows', () => {
  test.each<FaultOrder['effect']>([
    { kind: 'commit_then_cut' },
    { kind: 'half_body' },
    { kind: 'cut' },
    { kind: 'commit_then_status', status: 502 },
    { kind: 'status', status: 503 },
    { kind: 'status', status: 408 },
    { kind: 'html', status: 200 },
  ])('is of class outcome_unknown: %j', async (effect) => {
    await fault(effect);
    await expect(postLead(options(), lead)).rejects.toMatchObject({ errorClass: 'outcome_unknown' });
  });

  test('is one that got no answer in time, too', async () => {
    await fault({ kind: 'stall' });
    await expect(postLead(options({ timeoutMs: 50 }), lead)).rejects.toMatchObject({
      errorClass: 'outcome_unknown',
    });
  });

  test('is not one that never left', async () => {
    const gone = await startStandin(growStandin, { port: 0 });
    await gone.close();
    await expect(postLead(options({ baseUrl: gone.url }), lead)).rejects.toMatchObject({
      errorClass: 'unavailable',
    });
  });
});

test('an inbox is on its region’s host, or where the installation says', () => {
  expect(growHostOf('us')).toBe('https://grow.clio.com');
  expect(growHostOf('eu')).toBe('https://eu.grow.clio.com');
  expect(growHostOf('eu', { eu: 'https://gateway.example/grow' })).toBe('https://gateway.example');
});
