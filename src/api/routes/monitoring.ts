import { z } from 'zod';
import type { TenantId } from '../../domain/ids.js';
import { type Series, speculationOutcomes, stages, totalOf } from '../../domain/latency.js';
import { assessSla, defaultSlaTargets, type SlaAssessment } from '../../domain/sla.js';
import type { StageDistribution } from '../../telemetry/latency-report.js';
import type { App } from '../app-types.js';
import { identityOf } from '../plugins/auth.js';
import { problemAnswers } from '../plugins/openapi.js';
import { windowOf, WindowQuery } from '../time-window.js';

interface TimeWindow {
  fromMs: number;
  toMs: number;
}

/** Where stored samples are read. */
export interface MonitoringDeps {
  latency: (
    tenantId: TenantId,
    window: TimeWindow,
    only?: readonly Series[],
  ) => Promise<ReadonlyMap<Series, StageDistribution>>;
  turns: (tenantId: TenantId, window: TimeWindow) => Promise<{ turns: number; errors: number }>;
}

const Window = z
  .object({ from: z.iso.datetime(), to: z.iso.datetime() })
  .describe('Widened to whole minutes.');
const milliseconds = z.number().nullable().describe('Milliseconds; null when there are no samples.');
const share = z.number().min(0).max(1).nullable().describe('0–1; null when there are no samples.');

const figures = {
  count: z.int(),
  p50_ms: milliseconds,
  p95_ms: milliseconds,
  p99_ms: milliseconds,
  max_ms: milliseconds,
};

const Performance = z
  .object({
    window: Window,
    turns: z.int().describe('Turns the agent answered.'),
    errors: z.int().describe('Turns that got no reply, or a degraded one.'),
    stages: z.array(z.object({ stage: z.enum(stages), ...figures })),
    total_by_speculation: z
      .array(z.object({ outcome: z.enum(speculationOutcomes), ...figures }))
      .describe(
        'The total, apart for turns whose answer was prepared before the caller had surely finished (hit), prepared and thrown away (miss), or not prepared (none).',
      ),
    note: z.string().optional(),
  })
  .describe('Latency of each stage of a reply, from stored samples, exact to 0.1 %.');

const Compliance = z
  .object({
    window: Window,
    verdict: z.enum(['met', 'missed', 'no_samples']),
    missed: z.array(z.enum(['p95', 'p99', 'errors'])).describe('Which promises were broken.'),
    samples: z.int().describe('Timed turns.'),
    targets: z.object({ p95_ms: z.number(), p99_ms: z.number(), error_share: z.number() }),
    share_under_p95_target: share.describe('Share of turns answered in under 500 ms; 0.95 is promised.'),
    share_under_p99_target: share.describe('Share of turns answered in under 1,000 ms; 0.99 is promised.'),
    p95_ms: milliseconds,
    p99_ms: milliseconds,
    error_share: share,
    note: z.string().optional(),
  })
  .describe('The SLA over a window: from the caller’s last word to the first sound of the reply.');

const NO_SAMPLES = 'no samples in this window';

/** Latency and SLA of one firm. Numbers come from stored samples or are null; none is ever made up. */
export function monitoringRoutes(app: App, deps: MonitoringDeps): void {
  app.get(
    '/monitoring/performance',
    {
      config: { permission: 'monitoring:read' },
      schema: {
        tags: ['Monitoring'],
        summary: 'Latency by stage',
        querystring: WindowQuery,
        response: { 200: Performance, ...problemAnswers },
      },
    },
    async (request) => {
      const { tenantId } = identityOf(request);
      const window = windowOf(request.query, Date.now());
      const [counts, latency] = await Promise.all([
        deps.turns(tenantId, window),
        deps.latency(tenantId, window),
      ]);
      return {
        window: windowBody(window),
        ...counts,
        stages: stages.map((stage) => ({ stage, ...figuresOf(latency.get(stage)) })),
        total_by_speculation: speculationOutcomes.map((outcome) => ({
          outcome,
          ...figuresOf(latency.get(totalOf[outcome])),
        })),
        ...(latency.size === 0 ? { note: NO_SAMPLES } : {}),
      };
    },
  );
  app.get(
    '/monitoring/sla-compliance',
    {
      config: { permission: 'monitoring:read' },
      schema: {
        tags: ['Monitoring'],
        summary: 'Compliance with the SLA',
        querystring: WindowQuery,
        response: { 200: Compliance, ...problemAnswers },
      },
    },
    async (request) => {
      const window = windowOf(request.query, Date.now());
      return {
        window: windowBody(window),
        ...complianceBody(await assess(deps, identityOf(request).tenantId, window)),
      };
    },
  );
}

async function assess(deps: MonitoringDeps, tenantId: TenantId, window: TimeWindow): Promise<SlaAssessment> {
  const [counts, latency] = await Promise.all([
    deps.turns(tenantId, window),
    deps.latency(tenantId, window, ['total']),
  ]);
  const total = latency.get('total');
  const sample = { answeredTurns: counts.turns, errorTurns: counts.errors };
  if (!total) return assessSla(sample, defaultSlaTargets);
  const measured = {
    samples: total.samples,
    p95Ms: total.percentileMs(95),
    p99Ms: total.percentileMs(99),
    belowP95Target: total.countBelow(defaultSlaTargets.p95Ms),
    belowP99Target: total.countBelow(defaultSlaTargets.p99Ms),
  };
  return assessSla({ ...sample, latency: measured }, defaultSlaTargets);
}

const complianceBody = (sla: SlaAssessment): Omit<z.infer<typeof Compliance>, 'window'> => ({
  verdict: sla.verdict,
  missed: sla.missed,
  samples: sla.samples,
  targets: {
    p95_ms: defaultSlaTargets.p95Ms,
    p99_ms: defaultSlaTargets.p99Ms,
    error_share: defaultSlaTargets.errorShare,
  },
  share_under_p95_target: sla.shareBelowP95Target,
  share_under_p99_target: sla.shareBelowP99Target,
  p95_ms: sla.p95Ms,
  p99_ms: sla.p99Ms,
  error_share: sla.errorShare,
  ...(sla.verdict === 'no_samples' ? { note: NO_SAMPLES } : {}),
});

const figuresOf = (measured: StageDistribution | undefined) => ({
  count: measured?.samples ?? 0,
  p50_ms: measured?.percentileMs(50) ?? null,
  p95_ms: measured?.percentileMs(95) ?? null,
  p99_ms: measured?.percentileMs(99) ?? null,
  max_ms: measured?.maxMs ?? null,
});

const windowBody = ({ fromMs, toMs }: TimeWindow): { from: string; to: string } => ({
  from: new Date(fromMs).toISOString(),
  to: new Date(toMs).toISOString(),
});
