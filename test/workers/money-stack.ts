/** Movements of money on real parts: PostgreSQL, Temporal, the workers, and LawPay's stand-in over HTTP. */
import { randomBytes } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { z } from 'zod';
import { findMovement, type MovementRow } from '../../src/db/movements.js';
import { withTenant } from '../../src/db/tenant.js';
import { callIdFrom, writeWorkflowId } from '../../src/domain/ids.js';
import { Deposit } from '../../src/domain/payments/deposit.js';
import type { WriteRequest } from '../../src/domain/writes.js';
import {
  resolveWrite,
  taskQueues,
  workflowTypes,
  writeState,
  type ExternalWriteInput,
  type Resolution,
  type WriteOutcome,
  type WriteState,
} from '../../src/workflows/messages.js';
import { watchPaymentsType } from '../../src/workflows/payment-messages.js';
import { eventually } from '../support/eventually.js';
import { quickLadder, startIntakeStack, type IntakeStackOptions } from './intake-stack.js';

export const trustId = 'trustCardAccount000001';
export const goodCard = '4242424242424242';
export const deposit = (amountCents = 15_000): Deposit =>
  Deposit.parse({ fee: 'unearned', amountCents, currency: 'USD', account: { kind: 'trust', id: trustId } });

/** A charge or refund as the stand-in keeps it. */
const Kept = z.looseObject({
  id: z.string(),
  status: z.string(),
  amount: z.number(),
  account_id: z.string(),
  reference: z.string().optional(),
});

type Handle = WorkflowHandle<(input: ExternalWriteInput) => Promise<WriteOutcome>>;
/** One movement, begun. */
export interface Begun {
  key: string;
  handle: Handle;
}

export type MoneyStack = Awaited<ReturnType<typeof startMoneyStack>>;

export async function startMoneyStack(options: IntakeStackOptions = {}) {
  const stack = await startIntakeStack(options);
  const { client, controls, tenantId, pool } = stack;
  // The stand-in's clock stands while a test does not move it; its index must show what was just done.
  await controls.lawpay.configure({ indexLagMs: 0 });
  const partner = z
    .object({ accounts: z.array(z.object({ id: z.string(), publicKey: z.string(), secretKey: z.string() })) })
    .parse(await controls.lawpay.post('grant'));
  const { publicKey = '', secretKey = '' } = partner.accounts.find(({ id }) => id === trustId) ?? {};

  const begin = async (request: WriteRequest): Promise<Begun> => {
    const handle = await client.workflow.start<(input: ExternalWriteInput) => Promise<WriteOutcome>>(
      workflowTypes.externalWrite,
      {
        workflowId: writeWorkflowId(tenantId, 'lawpay', request.key),
        taskQueue: taskQueues.core,
        args: [{ request, ladder: quickLadder }],
      },
    );
    return { key: request.key, handle };
  };
  const frame = () => {
    const callId = callIdFrom(randomBytes(20));
    return { tenantId, callId, key: `${callId}.money`, priority: 'CRITICAL' } as const;
  };
  const token = async (number = goodCard): Promise<string> => {
    const card = { type: 'card', number, exp_month: 12, exp_year: 2099, cvv: '123' };
    const answer = await post('/v1/tokens', { ...card, public_key: publicKey });
    return z.object({ id: z.string() }).parse(await answer.json()).id;
  };
  const post = (path: string, body: object, key?: string): Promise<Response> =>
    fetch(stack.lawpayUrl + path, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(key !== undefined && { authorization: `Basic ${btoa(`${key}:`)}` }),
      },
      body: JSON.stringify(body),
    });
  const stateOf = ({ handle }: Begun): Promise<WriteState> => handle.query(writeState);
  const kept = async (kind: 'charge' | 'refund') => z.array(Kept).parse(await controls.lawpay.created(kind));
  const requestLink = (amountCents = 15_000): Promise<Begun> => {
    const { callId, key } = frame();
    return begin({
      operation: 'lawpay.paymentRequest.create',
      ...{ tenantId, callId, key, priority: 'MEDIUM' },
      payload: {
        money: { amountCents, currency: 'USD', account: 'trust' },
        ...{ purpose: 'consultation', reference: key },
      },
    });
  };
  return {
    ...stack,
    begin,
    requestLink,
    /** A link as an intake makes it. @returns its reference and its address */
    link: async (amountCents?: number): Promise<{ key: string; url: string }> => {
      const begun = await requestLink(amountCents);
      const outcome = await begun.handle.result();
      return { key: begun.key, url: outcome.status === 'done' ? (outcome.receipt.url ?? '') : '' };
    },
    /** Somebody refunds in LawPay's own application. */
    refundByHand: async (transactionId: string, amount: number): Promise<void> => {
      await post(`/v1/charges/${transactionId}/refund`, { amount }, secretKey);
    },
    /** The request of a refund reaches LawPay after all. */
    refundLate: async (transactionId: string, { key: reference }: Begun, amount = 15_000): Promise<void> => {
      await post(`/v1/charges/${transactionId}/refund`, { amount, reference }, secretKey);
    },
    /** Runs what the schedule runs. */
    watch: (task: 'poll' | 'compare') =>
      client.workflow.execute(watchPaymentsType, {
        workflowId: `watch-${randomBytes(4).toString('hex')}`,
        ...{ taskQueue: taskQueues.core, args: [{ task }] },
      }),
    /** A one-time token, as the payer's browser gets it. */
    token,
    /** The request of a charge reaches LawPay after all, long after we gave up on it. */
    arriveLate: async ({ key: reference }: Begun): Promise<void> => {
      const charge = { amount: 15_000, account_id: trustId, method: await token(), reference };
      await post('/v1/charges', charge, secretKey);
    },
    charge: (token: string, more: Partial<{ deposit: Deposit }> = {}): Promise<Begun> =>
      begin({
        ...frame(),
        operation: 'lawpay.charge.create',
        payload: { deposit: deposit(), token, ...more },
      }),
    reverse: (transactionId: string, amountCents = 15_000): Promise<Begun> =>
      begin({
        ...frame(),
        operation: 'lawpay.charge.reverse',
        payload: { transactionId, deposit: deposit(amountCents) },
      }),
    /** Where a write comes to rest: it has landed or waits for a person. Nothing is left listening, as `outcome` would be. */
    end: (begun: Begun): Promise<'done' | 'parked'> =>
      eventually(
        async () => {
          const { phase } = await stateOf(begun);
          return (phase === 'done' || phase === 'parked') && phase;
        },
        { withinMs: 30_000, what: `${begun.key} landed or parked` },
      ),
    outcome: ({ handle }: Begun): Promise<WriteOutcome> => handle.result(),
    stateOf,
    parked: (begun: Begun, revision = 0): Promise<WriteState> =>
      eventually(
        async () => {
          const state = await stateOf(begun);
          return state.phase === 'parked' && state.revision === revision && state;
        },
        { withinMs: 30_000, what: `${begun.key} parked at revision ${revision}` },
      ),
    decide: ({ handle }: Begun, resolution: Resolution): Promise<WriteState> =>
      handle.executeUpdate(resolveWrite, { args: [resolution] }),
    /** Takes the workflow back to before it did anything, as a person may in Temporal UI. */
    reset: async ({ handle }: Begun): Promise<Begun> => {
      const { runId } = await handle.describe();
      const { events } = await handle.fetchHistory();
      const first = events?.find(({ workflowTaskCompletedEventAttributes: task }) => task)?.eventId;
      const answer = await client.workflowService.resetWorkflowExecution({
        namespace: client.options.namespace,
        workflowExecution: { workflowId: handle.workflowId, runId },
        workflowTaskFinishEventId: first ?? null,
        requestId: randomBytes(8).toString('hex'),
        reason: 'a test',
      });
      return {
        key: handle.workflowId.split(':').at(-1) ?? '',
        handle: client.workflow.getHandle(handle.workflowId, answer.runId),
      };
    },
    movement: (begun: Begun): Promise<MovementRow | undefined> =>
      withTenant(pool, tenantId, (scope) => findMovement(scope, { tenantId, reference: begun.key })),
    /** Charges that LawPay really made for one of ours. */
    charged: async ({ key }: Begun) => (await kept('charge')).filter((one) => one.reference === key),
    refunds: async () => kept('refund'),
    kept,
  };
}
