/** The edge's own account of a run, from the latency report that operators read. */
import { z } from 'zod';
import { speculationOutcomes, stages } from '../../src/domain/latency.js';

const figures = {
  count: z.number(),
  p50_ms: z.number().nullable(),
  p99_ms: z.number().nullable(),
};
const Report = z.object({
  turns: z.number(),
  stages: z.array(z.object({ stage: z.enum(stages), ...figures })),
  total_by_speculation: z.array(z.object({ outcome: z.enum(speculationOutcomes), ...figures })),
});

/** Milliseconds; null where there is no sample. */
type Percentiles = { count: number; p50: number | null; p99: number | null };

export interface EdgeAccount {
  edgeOverheadMs: Percentiles;
  endpointingMs: Percentiles;
  /** From the last voiced frame, apart by what became of the answer that was prepared early. */
  totalMs: Record<(typeof speculationOutcomes)[number], Percentiles>;
  /** Share of the turns whose prepared answer was the one given; null without turns. */
  speculationHitRate: number | null;
}

/** The recorder stores every 10 s. */
const STORED_WITHIN_MS = 12_000;
const ASK_EVERY_MS = 1_000;

/**
 * Asks until the report holds `turns` turns, 12 s at most. It counts whole minutes, so the end of a warm-up may be in it.
 * @throws Error when the edge refuses to tell.
 */
export async function accountOf(
  { api, token }: { api: string; token: string },
  window: { fromMs: number; turns: number },
): Promise<EdgeAccount> {
  const deadline = performance.now() + STORED_WITHIN_MS;
  for (;;) {
    const query = new URLSearchParams({
      from: new Date(window.fromMs).toISOString(),
      to: new Date().toISOString(),
    });
    const answer = await fetch(`${api}/api/v1/monitoring/performance?${query.toString()}`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(5_000),
    });
    if (!answer.ok) throw new Error(`The edge does not tell its latency: HTTP ${answer.status}.`);
    const report = Report.parse(await answer.json());
    if (report.turns >= window.turns || performance.now() > deadline) return accountFrom(report);
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
  }
}

/** @param body the answer of `GET /api/v1/monitoring/performance`. */
export function accountFrom(body: z.infer<typeof Report>): EdgeAccount {
  const percentiles = (found: z.infer<z.ZodObject<typeof figures>> | undefined): Percentiles => ({
    count: found?.count ?? 0,
    p50: found?.p50_ms ?? null,
    p99: found?.p99_ms ?? null,
  });
  const stage = (name: string): Percentiles => percentiles(body.stages.find((one) => one.stage === name));
  const outcome = (name: string): Percentiles =>
    percentiles(body.total_by_speculation.find((one) => one.outcome === name));
  const totalMs = { hit: outcome('hit'), miss: outcome('miss'), none: outcome('none') };
  const turns = totalMs.hit.count + totalMs.miss.count + totalMs.none.count;
  return {
    edgeOverheadMs: stage('edge'),
    endpointingMs: stage('endpointing'),
    totalMs,
    speculationHitRate: turns === 0 ? null : totalMs.hit.count / turns,
  };
}
