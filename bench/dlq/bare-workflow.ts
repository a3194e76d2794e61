/**
 * The shape of a redriven write and nothing of its work: waits for a signal, says so in its search attributes, runs one
 * activity, says that it is done, ends.
 */
import {
  condition,
  defineSignal,
  proxyActivities,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import { attributeKeys } from '../../src/workflows/search-attributes.js';

export const go = defineSignal<[unknown?]>('redrive');
const { nothing } = proxyActivities<{ nothing(): Promise<void> }>({ startToCloseTimeout: '10 s' });

export async function bareWrite(): Promise<void> {
  let told = false;
  setHandler(go, () => {
    told = true;
  });
  await condition(() => told);
  upsertSearchAttributes([{ key: attributeKeys.state, value: 'retrying' }]);
  await nothing();
  upsertSearchAttributes([{ key: attributeKeys.state, value: 'done' }]);
}
