/** The shape of a redriven write and nothing of its work: waits for a signal, runs one activity, ends. */
import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';

export const go = defineSignal<[unknown?]>('redrive');
const { nothing } = proxyActivities<{ nothing(): Promise<void> }>({ startToCloseTimeout: '10 s' });

export async function bareWrite(): Promise<void> {
  let told = false;
  setHandler(go, () => {
    told = true;
  });
  await condition(() => told);
  await nothing();
}
