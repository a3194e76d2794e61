/** Nothing a caller, a colleague or a failure says is kept by Temporal in clear. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { createRedriveDesk } from '../../src/api/dead-letters/redrive-desk.js';
import { extractFrom } from '../../src/domain/extract/intake.js';
import { breakerWorkflowId, redriveWorkflowId, writeWorkflowId } from '../../src/domain/ids.js';
import type { Turn } from '../../src/domain/turn.js';
import { breakerState } from '../../src/workflows/breaker-messages.js';
import {
  redriveWrite,
  resolveWrite,
  taskQueues,
  writeState,
  type Decision,
} from '../../src/workflows/messages.js';
import { canaryPhone, canaryWord, findCanaries, formsOf } from '../support/canaries.js';
import { eventually } from '../support/eventually.js';
import { silentLogger } from '../support/log.js';
import { dumpDatabase, dumpWorkflows } from '../support/temporal-dump.js';
import { startIntakeStack, type IntakeStack } from '../workers/intake-stack.js';

const newCanaries = () => ({
  firstName: canaryWord(),
  lastName: canaryWord(),
  phone: canaryPhone(),
  callerId: canaryPhone(),
  email: canaryWord().toLowerCase(),
  story: canaryWord(),
  errorMessage: canaryWord(),
  vendorText: canaryWord(),
  editedName: canaryWord(),
  refusedEdit: canaryWord(),
  editReason: canaryWord(),
  discardReason: canaryWord(),
  decidedBy: canaryWord(),
  jobName: canaryWord(),
  jobReason: canaryWord(),
  orderReason: canaryWord(),
});
type Canaries = ReturnType<typeof newCanaries>;

let stack: IntakeStack | undefined;
afterEach(async () => {
  await stack?.close();
  stack = undefined;
}, 30_000);

/** The first extraction of all fails, and says why. */
function failingOnce(message: string): typeof extractFrom {
  let failed = false;
  return (call) => {
    if (failed) return extractFrom(call);
    failed = true;
    throw new Error(`cannot read ${message}`);
  };
}

function turnsWith({ firstName, lastName, phone, email, story }: Canaries, startedAtMs: number): Turn[] {
  const [area, exchange, line] = [phone.slice(0, 3), phone.slice(3, 6), phone.slice(6)];
  const said = [
    ['agent', 'Thank you for calling Whitfield Law. This call is recorded, is that all right?'],
    ['caller', `Yes, recording is fine. I was in a car accident. ${story} drove the truck that hit me.`],
    ['agent', 'May I have your full name?'],
    ['caller', `My name is ${firstName} ${lastName}.`],
    ['agent', 'How can we reach you?'],
    ['caller', `${area} ${exchange} ${line}. My email is ${email}@example.com. It was in Austin, Texas.`],
  ] as const;
  return said.map(([role, text], i) => ({
    number: i + 1,
    role,
    text,
    atMs: startedAtMs + i,
    input: role === 'agent' ? 'spoken' : 'typed',
  }));
}

/**
 * One call each that lands, is edited, is discarded, is redriven by a signal, and two by a job that is steered; all but the
 * first after Clio refused the contact. Then one that waits out an outage behind a breaker, and the reconciler looks.
 */
async function takeCalls(
  { controls, client, place, pool, tenantId }: IntakeStack,
  canaries: Canaries,
): Promise<void> {
  const { vendorText, editedName, editReason, discardReason, decidedBy, refusedEdit, callerId } = canaries;
  const refusal = { error: { type: 'ValidationError', message: `${vendorText} is no name` } };
  const call = async (): Promise<{ contact: string; finished: Promise<unknown> }> => {
    const startedAtMs = Date.now();
    const turns = turnsWith(canaries, startedAtMs);
    const { callId, handle } = await place(turns, startedAtMs, { callerIdE164: `+1${callerId}` });
    return { contact: writeWorkflowId(tenantId, 'clio', `${callId}.contact`), finished: handle.result() };
  };
  const parked = async (): ReturnType<typeof call> => {
    const fault = await controls.clio.fault({
      match: { method: 'POST', path: '/api/v4/contacts' },
      effect: { kind: 'status', status: 422, body: refusal },
    });
    const placed = await call();
    const phase = async () => (await client.workflow.getHandle(placed.contact).query(writeState)).phase;
    await eventually(async () => (await phase()) === 'parked', {
      withinMs: 15_000,
      what: 'the contact parks',
    });
    await controls.clio.clearFault(fault);
    return placed;
  };
  const decide = (contact: string, decision: Decision) =>
    client.workflow.getHandle(contact).executeUpdate(resolveWrite, { args: [decision] });

  await (
    await call()
  ).finished;
  const edited = await parked();
  const edit = { action: 'edit', actor: decidedBy, reason: editReason } as const;
  await expect(decide(edited.contact, { ...edit, payload: { firstName: refusedEdit } })).rejects.toThrow();
  await decide(edited.contact, { ...edit, payload: { firstName: editedName, lastName: 'Doe' } });
  await edited.finished;
  const discarded = await parked();
  await decide(discarded.contact, { action: 'discard', actor: decidedBy, reason: discardReason });
  await discarded.finished;
  const redriven = await parked();
  await client.workflow.getHandle(redriven.contact).signal(redriveWrite, { jobId: 'job-1' });
  await redriven.finished;

  const two = [await parked(), await parked()];
  const jobs = createRedriveDesk({ pool, temporal: client, logger: silentLogger });
  const { jobId } = await jobs.start({
    ...{ tenantId, name: canaries.jobName, actor: decidedBy, reason: canaries.jobReason, filter: {} },
    // The second would go twenty seconds after the first, so that the job is still there to be steered.
    ...{ ratePerSecond: 0.05, budget: null, canary: 0, ramp: false },
  });
  const order = { actor: decidedBy, reason: canaries.orderReason };
  await jobs.order(tenantId, jobId, { kind: 'setRate', ratePerSecond: null, ...order });
  await Promise.all(two.map(({ finished }) => finished));
  await client.workflow.getHandle(redriveWorkflowId(tenantId, jobId)).result();

  await controls.clio.fault({ match: { path: '/api/v4' }, times: null, effect: { kind: 'down' } });
  const held = await call();
  const conductor = client.workflow.getHandle(breakerWorkflowId(tenantId, 'clio'));
  await eventually(async () => (await conductor.query(breakerState)).epoch >= 1, {
    withinMs: 20_000,
    what: 'the breaker opens',
  });
  await controls.clio.clearFaults();
  await held.finished;
  await conductor.result();
  const look = { workflowId: 'reconcile-writes', taskQueue: taskQueues.core, args: [] };
  await client.workflow.execute('reconcileWrites', look);
}

async function foundAfterCalls(canaries: Canaries, options: Parameters<typeof startIntakeStack>[0]) {
  stack = await startIntakeStack({
    ...options,
    breaker: { failures: 3, probeAfterMs: 300, probeMaxMs: 1_000 },
    extract: failingOnce(canaries.errorMessage),
  });
  await takeCalls(stack, canaries);
  return findCanaries(canaries, new Map([...(await dumpDatabase()), ...(await dumpWorkflows(stack.client))]));
}

describe('after calls that landed, parked, were edited, discarded, redriven by hand and by a job, and held in an outage', () => {
  test('Temporal’s tables, histories and descriptions hold no secret in any form', async () => {
    expect(await foundAfterCalls(newCanaries(), {})).toEqual([]);
  });

  test('and without the codec the same search finds every secret that reaches Temporal', async () => {
    const canaries = newCanaries();
    const found = await foundAfterCalls(canaries, { dataConverter: {} });
    const { vendorText: _vendor, refusedEdit: _refused, ...reaching } = canaries;
    for (const name of Object.keys(reaching))
      for (const place of ['tables', 'database file', 'histories'])
        expect(found).toContain(`${name}: ${place} (as it is)`);
    // The vendor's own words and a refused decision get nowhere near it.
    expect(found.filter((one) => /^(vendorText|refusedEdit):/.test(one))).toEqual([]);
  });
});

test.each([...formsOf('Qcanary').keys()])('a secret stored %s is found', (form) => {
  const stored = {
    'as it is': 'x Qcanary',
    'in small letters': 'x qcanary',
    'UTF-16LE': Buffer.from('xQcanary', 'utf16le'),
    'UTF-16BE': Buffer.from('xQcanary', 'utf16le').swap16(),
    hex: Buffer.from('xQcanary').toString('hex'),
  } as Record<string, string | Buffer>;
  const shift = /base64(url)? \+ (\d)/.exec(form);
  const content = shift
    ? Buffer.from(`${'x'.repeat(Number(shift[2]) + 3)}Qcanary, and more`).toString(
        shift[1] ? 'base64url' : 'base64',
      )
    : (stored[form] ?? '');
  const places = new Map([['there', Buffer.from(content as string)]]);
  expect(findCanaries({ secret: 'Qcanary' }, places)).toContain(`secret: there (${form})`);
});
