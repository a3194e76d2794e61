import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import type { WriteProgress } from '../../src/activities/contracts.js';
import type { LadderPolicy } from '../../src/domain/ladder.js';
import { attributeKeys } from '../../src/workflows/search-attributes.js';
import {
  redriveWrite,
  resolveWrite,
  taskQueues,
  workflowTypes,
  writeState,
  type Decision,
  type ExternalWriteInput,
  type Resolution,
  type WriteOutcome,
} from '../../src/workflows/messages.js';
import { eventually } from '../support/eventually.js';
import { contactRequest, ladder, newCallId, paymentRequest } from './fixtures.js';
import { scriptedWrite, startTimeSkipping, type Attempt, type TimeSkipping } from './time-skipping.js';

let skipping: TimeSkipping;
beforeAll(async () => {
  skipping = await startTimeSkipping();
});
afterAll(() => skipping.close());

const HOUR_MS = 3_600_000;
const retry: Decision = { action: 'retry', actor: 'pat', reason: 'Clio is back' };
const payload = { firstName: 'Dana', lastName: 'Whitfield' };

interface Run {
  handle: WorkflowHandle<() => Promise<WriteOutcome>>;
  outcome: Promise<WriteOutcome>;
  inputs: ReturnType<typeof scriptedWrite>['inputs'];
  projected: WriteProgress[];
  /** Waits until the write has parked for the nth time. */
  parked: (times?: number) => Promise<unknown>;
}

/** Called inside the projection activity: while an activity runs, the server skips no time. */
type Reaction = (progress: WriteProgress, handle: Run['handle']) => Promise<unknown>;

/** Skipped time runs while a test thinks, and would be over before most of them have decided. */
const patient: LadderPolicy = { ...ladder, keepParkedMs: 36_500 * 24 * HOUR_MS };

/** A write that cannot be closed must not keep the workers, which the next test starts anew. */
const CLOSING_MS = 15_000;

interface Setting {
  react?: Reaction;
  policy?: LadderPolicy;
  more?: Partial<ExternalWriteInput>;
  /**
   * Time skips for as long as the write is open; a parked one is announced day after day meanwhile, as fast as the machine
   * can. `stands`: it goes by as usual, and `outcome` is not there. So do tests with a second history: where time skipped,
   * this server was seen to stand still for good when one began on a busy machine.
   */
  clock?: 'skips' | 'stands';
}
const NEVER = new Promise<never>(() => undefined);

/** Starts one write whose attempts follow the script. */
async function withWrite(
  script: Attempt[],
  work: (run: Run) => Promise<void>,
  { react, policy = patient, more = {}, clock = 'skips' }: Setting = {},
): Promise<void> {
  const { performWrite, inputs } = scriptedWrite(...script);
  const projected: WriteProgress[] = [];
  const request = more.request ?? contactRequest(newCallId());
  const workflowId = `op:acme:clio:${request.key}`;
  const handle = skipping.env.client.workflow.getHandle<() => Promise<WriteOutcome>>(workflowId);
  const projectWrite = async ({ progress }: { progress: WriteProgress }): Promise<undefined> => {
    projected.push(progress);
    await react?.(progress, handle);
    return undefined;
  };
  const parked = (times = 1): Promise<unknown> =>
    eventually(() => new Set(projected.flatMap((p) => p.parkedAtMs ?? [])).size >= times, {
      withinMs: 15_000, // after up to 35 attempts, each some six round trips to the server
      what: `parked ${times} times`,
    });
  await skipping.withActivities({ performWrite, projectWrite }, async () => {
    await skipping.env.client.workflow.start(workflowTypes.externalWrite, {
      workflowId,
      taskQueue: taskQueues.core,
      args: [{ ...more, request, ladder: policy }],
    });
    // Asked for once: each pending result() unlocks the clock, and two would let it run past work in progress.
    const over = new AbortController();
    const ask = (): Promise<WriteOutcome> =>
      skipping.env.connection.withAbortSignal(over.signal, () => handle.result());
    let outcome = clock === 'skips' ? ask() : undefined;
    try {
      await work({ handle, outcome: outcome ?? NEVER, inputs, projected, parked });
    } finally {
      // Closed in order where possible: a terminated workflow's tasks keep this server's clock locked for later tests.
      const close = { ...retry, action: 'discard' } as const;
      await skipping.env.connection.withDeadline(Date.now() + CLOSING_MS, () =>
        handle
          .executeUpdate(resolveWrite, { args: [close] })
          .catch(() => handle.terminate())
          .catch(() => undefined),
      );
      const giveUp = setTimeout(() => over.abort(), CLOSING_MS);
      outcome ??= ask();
      await outcome.catch(() => undefined);
      clearTimeout(giveUp);
    }
  });
}

const refusal = (update: Promise<unknown>): Promise<string> =>
  update.then(
    () => 'accepted',
    (error: unknown) => ((error as Error).cause as Error).message,
  );

describe('a write', () => {
  test('lands at once with two workflow tasks and one activity', async () => {
    await withWrite(['land'], async ({ handle, projected, outcome }) => {
      expect(await outcome).toMatchObject({ status: 'done', receipt: { externalId: '7001' } });
      const events = (await handle.fetchHistory()).events ?? [];
      expect(events).toHaveLength(11);
      const kinds = events.map(({ eventType }) => temporal.api.enums.v1.EventType[eventType ?? 0]);
      const count = (kind: string): number => kinds.filter((k) => k === `EVENT_TYPE_${kind}`).length;
      expect(count('WORKFLOW_TASK_COMPLETED')).toBe(2);
      expect(count('ACTIVITY_TASK_SCHEDULED')).toBe(1);
      expect(projected).toEqual([]);
    });
  });

  test('outlives a short outage without anybody’s help', async () => {
    await withWrite(['unavailable', 'unavailable', 'land'], async ({ inputs, outcome }) => {
      expect(await outcome).toMatchObject({ status: 'done' });
      expect(inputs).toHaveLength(3);
    });
  });

  test('climbs the slow ladder through a day of outage and then parks for a person', async () => {
    await withWrite(['unavailable'], async ({ handle, inputs, projected, parked, outcome }) => {
      await parked();
      const state = await handle.query(writeState);
      // 5 quick attempts, then after 1, 6, 21 minutes, then hourly to the end of the day.
      expect(inputs.length).toBeGreaterThan(25);
      expect(inputs.length).toBeLessThan(36);
      expect(inputs.slice(5).every(({ attemptsBefore }) => attemptsBefore > 0)).toBe(true);
      expect(state).toMatchObject({ phase: 'parked', lastError: { errorClass: 'unavailable' } });
      expect(projected.at(-1)).toMatchObject({ state: 'parked', errorClass: 'unavailable' });
      const { typedSearchAttributes } = await handle.describe();
      expect(typedSearchAttributes.get(attributeKeys.state)).toBe('parked');
      expect(typedSearchAttributes.get(attributeKeys.needsHuman)).toBe(true);
      await handle.executeUpdate(resolveWrite, { args: [{ ...retry, action: 'discard' }] });
      expect(await outcome).toEqual({ status: 'discarded', reason: 'Clio is back', actor: 'pat' });
    });
  });

  test('is announced again and again while nobody decides', async () => {
    await withWrite(['invalid'], async ({ projected }) => {
      // At 4, 12, 28 and 52 h after the first.
      await eventually(() => projected.length >= 5, { withinMs: 10_000, what: 'five announcements' });
      expect(new Set(projected.map(({ parkedAtMs }) => parkedAtMs)).size).toBe(1);
    });
  });

  test('expires after thirty days that nobody decided in, with a trace', async () => {
    await withWrite(
      ['invalid'],
      async ({ handle, projected, outcome }) => {
        expect(await outcome).toEqual({
          status: 'discarded',
          actor: 'retention',
          reason: 'nobody decided about it in 30 days',
        });
        // By the history: with nothing left to do the server's clock runs on.
        const { startTime, closeTime } = await handle.describe();
        const days = (Number(closeTime) - Number(startTime)) / (24 * HOUR_MS);
        expect(Math.round(days)).toBe(30);
        expect(projected.at(-1)).toMatchObject({ state: 'expired', revision: 1 });
        expect((await handle.query(writeState)).phase).toBe('expired');
      },
      { policy: ladder },
    );
  });

  test('starts a new history in a long story of corrections, and forgets neither count nor revision', async () => {
    const story = async ({ handle, parked, inputs }: Run): Promise<void> => {
      const first = (await handle.describe()).runId;
      let runId = first;
      for (let decided = 1; runId === first && decided < 120; decided++) {
        await parked(decided);
        await handle.signal(redriveWrite);
        await parked(decided + 1);
        runId = (await handle.describe()).runId;
      }
      expect(runId).not.toBe(first);
      const { revision, attempts } = await handle.query(writeState);
      expect(revision).toBeGreaterThan(30);
      expect(attempts).toBe(revision + 1);
      expect(inputs).toHaveLength(attempts);
    };
    await withWrite(['invalid'], story, { clock: 'stands' });
  }, 120_000);

  test('still waits for a second person when a new history starts meanwhile', async () => {
    // Each round fails and is followed by a short wait; some sixty fill a history.
    const slow = { ...patient, fastAttempts: 1, slowDelaysMs: [80], slowWindowMs: 24 * HOUR_MS };
    const story = async ({ handle }: Run): Promise<void> => {
      // Refused while it tries, which it does again and again.
      const decide = (decision: Resolution): Promise<unknown> =>
        eventually(() => handle.executeUpdate(resolveWrite, { args: [decision] }), {
          ...{ withinMs: 10_000, what: decision.action },
        });
      const first = (await handle.describe()).runId;
      await decide({ ...retry, action: 'discard' });
      await eventually(async () => (await handle.describe()).runId !== first, {
        ...{ withinMs: 30_000, everyMs: 100, what: 'a new history' },
      });
      expect((await handle.query(writeState)).proposal).toMatchObject({ action: 'discard', actor: 'pat' });
      await decide({ action: 'approve', actor: 'robin', reason: 'paid in cash' });
      expect((await handle.query(writeState)).phase).toBe('discarded');
    };
    await withWrite(['unavailable'], story, {
      ...{ policy: slow, clock: 'stands' },
      more: { request: paymentRequest(newCallId()), secondPerson: true },
    });
  }, 120_000);

  test.each(['invalid', 'conflict', 'auth', 'internal'] as const)(
    'parks at once on %s',
    async (errorClass) => {
      await withWrite([errorClass, 'land'], async ({ handle, inputs, parked, outcome }) => {
        await parked();
        expect(inputs).toHaveLength(1);
        const state = await handle.executeUpdate(resolveWrite, { args: [retry] });
        expect(state).toMatchObject({ phase: 'retrying', revision: 1 });
        expect(await outcome).toMatchObject({ status: 'done' });
        expect(inputs[1]).toMatchObject({ attemptsBefore: 1, revision: 1 });
      });
    },
  );

  test('waits as long as a vendor asks, on a timer a person can cut short', async () => {
    const asked = { errorClass: 'rate_limited', retryAfterMs: 2 * HOUR_MS } as const;
    let waitMs = 0;
    const cutShort: Reaction = async ({ nextAttemptAtMs = 0 }, handle) => {
      waitMs = nextAttemptAtMs - (await skipping.env.currentTimeMs());
      await handle.executeUpdate(resolveWrite, { args: [retry] });
    };
    await withWrite(
      [asked, 'land'],
      async ({ inputs, projected, outcome }) => {
        await outcome;
        expect(inputs).toHaveLength(2);
        expect(projected[0]?.state).toBe('backoff');
        expect(waitMs).toBeGreaterThan(HOUR_MS);
      },
      { react: cutShort },
    );
  });

  test('hands a decision taken while it is still being listed to the attempt that follows, for the audit log', async () => {
    let decided = false;
    const atOnce: Reaction = async (_progress, handle) => {
      if (decided) return;
      decided = true;
      await handle.executeUpdate(resolveWrite, { args: [retry] });
    };
    await withWrite(
      ['invalid', 'land'],
      async ({ inputs, outcome }) => {
        await outcome;
        expect(inputs[1]?.decisions).toMatchObject([{ action: 'retry', actor: 'pat', revision: 1 }]);
      },
      { react: atOnce },
    );
  });

  test('sends the edited payload after an edit', async () => {
    await withWrite(['invalid', 'land'], async ({ handle, inputs, parked, outcome }) => {
      await parked();
      await handle.executeUpdate(resolveWrite, { args: [{ ...retry, action: 'edit', payload }] });
      await outcome;
      expect(inputs[1]?.request.payload).toEqual(payload);
    });
  });

  test('refuses a decision that makes no sense, and leaves no trace of it', async () => {
    await withWrite(['invalid', 'land'], async ({ handle, parked, outcome }) => {
      await parked();
      const decide = (decision: unknown): Promise<string> =>
        refusal(handle.executeUpdate(resolveWrite, { args: [decision as Decision] }));
      expect(await decide({ ...retry, actor: ' ' })).toContain('actor');
      expect(await decide({ ...retry, reason: '' })).toContain('reason');
      expect(await decide({ ...retry, action: 'explode' })).toContain('action');
      expect(await decide({ ...retry, action: 'edit', payload: { firstName: '' } })).toContain(
        'payload.firstName',
      );
      expect(await decide({ ...retry, expectedRevision: 4 })).toContain('revision 0');
      expect((await handle.query(writeState)).revision).toBe(0);
      expect(await decide({ ...retry, expectedRevision: 0 })).toBe('accepted');
      await outcome;
    });
  });

  test('takes one of two decisions that saw the same revision', async () => {
    await withWrite(['invalid', 'invalid'], async ({ handle, parked }) => {
      await parked();
      const args: [Decision] = [{ ...retry, expectedRevision: 0 }];
      const answers = await Promise.all([
        refusal(handle.executeUpdate(resolveWrite, { args })),
        refusal(handle.executeUpdate(resolveWrite, { args })),
      ]);
      expect(answers.filter((answer) => answer === 'accepted')).toHaveLength(1);
    });
  });

  test('is retried once by two signals of the same redrive job', async () => {
    const twice = async ({ handle, inputs, parked }: Run): Promise<void> => {
      await parked();
      await handle.signal(redriveWrite, { jobId: 'job-1' });
      await parked(2);
      await handle.signal(redriveWrite, { jobId: 'job-1' });
      await handle.signal(redriveWrite, { jobId: 'job-2' });
      await parked(3);
      expect(inputs).toHaveLength(3);
      expect((await handle.query(writeState)).revision).toBe(2);
    };
    await withWrite(['invalid'], twice, { clock: 'stands' });
  });

  test('stops when it is cancelled and says so in the list', async () => {
    await withWrite(['invalid'], async ({ handle, projected, parked, outcome }) => {
      await parked();
      await handle.cancel();
      await expect(outcome).rejects.toThrow();
      expect(projected.at(-1)).toMatchObject({ state: 'discarded' });
    });
  });
});
