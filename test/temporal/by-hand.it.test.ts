/** What a person does in Temporal UI, by the requests that its pages make: to the UI's own server, payloads in clear. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { z } from 'zod';
import { ladderOf } from '../../src/api/edge-options.js';
import { createAsk, type Ask } from '../../src/cli/operator/ask.js';
import { demoFirm } from '../../src/cli/up/parts/demo-firm.js';
import { createDataConverter } from '../../src/codec/data-converter.js';
import { loadConfig } from '../../src/config/load.js';
import { workflowTypes } from '../../src/workflows/messages.js';
import { writeStart } from '../../src/workflows/write-start.js';
import { eventually } from '../support/eventually.js';
import { silentLogger } from '../support/log.js';
import { startTestStack, type TestStack } from '../support/stack.js';
import { contactRequest, newCallId } from '../workflows/fixtures.js';

let hermes: TestStack;
let connection: Connection | undefined;
let temporal: Client;
let ask: Ask;
beforeAll(async () => {
  hermes = await startTestStack({ HERMES_STT: 'none', HERMES_TTS: 'none' });
  const { addresses, env, token } = hermes.stack;
  const { HERMES_PAYLOAD_KEYS: keys, TEMPORAL_NAMESPACE: namespace } = loadConfig(env);
  connection = await Connection.connect({ address: addresses.temporal });
  temporal = new Client({
    connection,
    namespace,
    dataConverter: createDataConverter(keys ?? [], silentLogger),
  });
  ask = createAsk(addresses.api, readFileSync(token?.file ?? '', 'utf8').trim());
}, 120_000);
afterAll(async () => {
  await connection?.close();
  await hermes.close();
}, 20_000);

const Shown = z.object({
  state: z.string(),
  decisions: z.array(z.object({ action: z.string(), actor: z.string(), reason: z.string() })),
});
const shown = (id: string) => ask(Shown, `/dlq/${encodeURIComponent(id)}`);

/** @returns the id of a write that Clio has refused once. */
async function parked(): Promise<string> {
  await hermes.clio.fault({
    match: { method: 'POST', path: '/api/v4/contacts' },
    effect: { kind: 'status', status: 422, body: { error: { type: 'ValidationError', message: 'no' } } },
  });
  const request = { ...contactRequest(newCallId()), tenantId: demoFirm.tenantId };
  const ladder = ladderOf(loadConfig(hermes.stack.env));
  const { workflowId } = await temporal.workflow.start(
    workflowTypes.externalWrite,
    writeStart({ request, ladder }),
  );
  await inState(workflowId, 'parked');
  return workflowId;
}

const inState = (id: string, state: string): Promise<unknown> =>
  eventually(async () => (await shown(id)).state === state, { withinMs: 20_000, what: `${id} is ${state}` });

/** Posts as the UI's pages do: with the token that the UI's server hands out against forged requests. */
async function inTemporalUi(path: string, body: object): Promise<number> {
  const origin = hermes.stack.addresses.temporalUi ?? '';
  const settings = await fetch(`${origin}/api/v1/settings`);
  await settings.body?.cancel();
  const cookie =
    settings.headers
      .getSetCookie()
      .find((one) => one.startsWith('_csrf='))
      ?.split(';')[0] ?? '';
  const answer = await fetch(`${origin}/api/v1/namespaces/default/workflows/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie, 'x-csrf-token': cookie.replace('_csrf=', '') },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${answer.status} ${text}`);
  return answer.status;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const payloads = (value: object) => ({
  payloads: [{ metadata: { encoding: base64('json/plain') }, data: base64(JSON.stringify(value)) }],
});

test('a signal sent there retries a parked write, which lands; who sent it and why is in the audit log', async () => {
  const id = await parked();
  const order = { actor: 'kim', reason: 'Clio is back' };
  await inTemporalUi(`${encodeURIComponent(id)}/signal/redrive`, { input: payloads(order) });
  await inState(id, 'done');
  expect((await shown(id)).decisions).toMatchObject([{ action: 'write.retry', ...order }]);
});

test('an update sent there discards a parked write, and one that makes no sense leaves no trace', async () => {
  const id = await parked();
  const update = (decision: object) =>
    inTemporalUi(`${encodeURIComponent(id)}/update/resolve`, {
      waitPolicy: { lifecycleStage: 'UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED' },
      request: { meta: { updateId: randomUUID() }, input: { name: 'resolve', args: payloads(decision) } },
    });
  await update({ action: 'discard', actor: 'kim' });
  expect(await shown(id)).toEqual({ state: 'parked', decisions: [] });
  await update({ action: 'discard', actor: 'kim', reason: 'a wrong number' });
  await inState(id, 'discarded');
  expect((await shown(id)).decisions).toMatchObject([
    { action: 'write.discard', actor: 'kim', reason: 'a wrong number' },
  ]);
});
