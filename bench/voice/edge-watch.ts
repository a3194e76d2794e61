import { z } from 'zod';

const Health = z.object({ event_loop_delay_p99_ms: z.number() });
/** The figure covers the last 5 to 10 s (src/api/loop-delay.ts). */
const ASK_EVERY_MS = 5_000;

/** Follows the edge's own account of its event loop while it is under load. */
export interface EdgeWatch {
  /** Stops asking. @returns the worst 99th percentile seen, in milliseconds; null when the edge never answered. */
  finish(): Promise<number | null>;
}

/** Begins to ask after one whole window, so that what came before the load is not counted. */
export function watchEdge(api: string): EdgeWatch {
  let worst: number | null = null;
  const ask = async (): Promise<void> => {
    try {
      const answer = await fetch(`${api}/health`, { signal: AbortSignal.timeout(3_000) });
      const { event_loop_delay_p99_ms: p99 } = Health.parse(await answer.json());
      worst = Math.max(worst ?? 0, p99);
    } catch {
      return; // too busy to answer: the next one may
    }
  };
  const timer = setInterval(() => void ask(), ASK_EVERY_MS);
  return {
    async finish() {
      clearInterval(timer);
      await ask();
      return worst;
    },
  };
}
