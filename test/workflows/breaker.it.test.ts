import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { BreakerActivities } from '../../src/activities/contracts.js';
import { closedCircuit } from '../../src/domain/circuit.js';
import { breakerOpened, breakerStart } from '../../src/workflows/breaker-messages.js';
import { workflowTypes } from '../../src/workflows/messages.js';
import { startTimeSkipping, type TimeSkipping } from './time-skipping.js';

let skipping: TimeSkipping;
beforeAll(async () => {
  skipping = await startTimeSkipping();
}, 90_000);
afterAll(() => skipping.close());

test('a breaker with a very long backlog goes on in a new run in mid-ramp, and wakes every write once', async () => {
  const BACKLOG_STEPS = 260;
  const asked: number[] = [];
  const wakeWaiting: BreakerActivities['wakeWaiting'] = ({ step }) => {
    asked.push(step);
    const count = asked.length <= BACKLOG_STEPS ? 10 : 0;
    return Promise.resolve({ circuit: { ...closedCircuit, epoch: 8 }, count, waitMs: 1_000 });
  };
  const startProbe: BreakerActivities['startProbe'] = () => Promise.resolve({ ...closedCircuit, epoch: 8 });
  await skipping.withActivities({ startProbe, wakeWaiting }, async () => {
    const { client } = skipping.env;
    const handle = await client.workflow.signalWithStart(workflowTypes.breaker, {
      ...breakerStart('acme', 'clio'),
      signal: breakerOpened,
      signalArgs: [{ epoch: 7, waitMs: 30_000 }],
    });
    expect(await handle.result()).toEqual({ woken: 10 * BACKLOG_STEPS });
    const first = await client.workflow.getHandle(handle.workflowId, handle.signaledRunId).fetchHistory();
    expect(first.events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes).toBeTruthy();
    expect(first.events?.length).toBeLessThan(2_100);
  });
  // The ramp goes on where it was: no step twice, none left out.
  expect(asked).toEqual(Array.from({ length: BACKLOG_STEPS + 1 }, (_, step) => step));
}, 240_000);
