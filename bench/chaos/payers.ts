/** Whoever was sent a payment link opens it and pays: what then stands in LawPay's ledger tells what the link was. */
import type { WriteOutcome } from '../../src/workflows/messages.js';
import type { Plan } from './intents.js';
import type { ChaosSite } from './site.js';

const AT_ONCE = 10;

/** Pays each link once. A write without a link is left out, and then lacks in the ledger. */
export async function payLinks({ temporal, vendors }: ChaosSite, plan: Plan): Promise<void> {
  const queue = plan.direct.filter(({ step }) => step === 'payment').values();
  const drain = async (): Promise<void> => {
    for (const { workflowId } of queue) await payLink(workflowId);
  };
  const payLink = async (workflowId: string): Promise<void> => {
    const handle = temporal.workflow.getHandle<() => Promise<WriteOutcome>>(workflowId);
    const { status } = await handle.describe();
    if (status.name !== 'COMPLETED') return;
    const outcome = await handle.result();
    if (outcome.status === 'done' && outcome.receipt.url !== undefined)
      await vendors.lawpay.post('pay', { url: outcome.receipt.url });
  };
  await Promise.all(Array.from({ length: AT_ONCE }, drain));
}
