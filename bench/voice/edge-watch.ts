import { z } from 'zod';

const Health = z.object({ event_loop_delay_p99_ms: z.number() });
/** The figure covers the last 5 to 10 s (src/api/loop-delay.ts): asked sooner, it would tell of the time before. */
const FIRST_ASK_MS = 10_000;
const ASK_EVERY_MS = 5_000;

/** Follows the edge's own account of its event loop while it is under load. */
export interface EdgeWatch {
  /** Stops asking. @returns the worst 99th percentile seen, in milliseconds; null when the edge never answered. */
  finish(): Promise<number | null>;
}

/** Begins to ask when the figure covers the load alone; of a shorter run it covers the calls' beginnings too. */
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
  let timer = setTimeout(function again() {
    timer = setTimeout(again, ASK_EVERY_MS);
    void ask();
  }, FIRST_ASK_MS);
  return {
    async finish() {
      clearTimeout(timer);
      await ask();
      return worst;
    },
  };
}
