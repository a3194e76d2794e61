import type { LoadOrder } from '../messages.js';
import type { CallerLine, LineEvents } from './caller-line.js';
import { openNativeLine } from './native-line.js';
import { openTwilioLine } from './twilio-line.js';

/** An edge under load refuses calls for as long as it lasts; then the run is no measurement of this many calls. */
const PLACED_WITHIN_MS = 15_000;
const ASK_AGAIN_MS = 500;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A busy edge refuses (503) and wants to be asked again. @throws what a refusal that lasts 15 s says. */
export async function dial(order: LoadOrder, events: LineEvents): Promise<CallerLine> {
  const open = order.transport === 'twilio' ? openTwilioLine : openNativeLine;
  const deadline = performance.now() + PLACED_WITHIN_MS;
  for (;;) {
    try {
      return await open(order, events);
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await pause(ASK_AGAIN_MS);
    }
  }
}
