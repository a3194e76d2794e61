import type { OperatorApi, PerformanceView, SlaView } from '../operator/api.js';
import type { Screen } from './screen.js';
import { askUntil } from './watch.js';

/** Latency samples reach the database within about ten seconds (the edge writes the running minute that often). */
const FLUSH_WAIT_MS = 20_000;

/** Shows the stored latency figures of the last hour, once at least `expectedTurns` have been stored. */
export async function showFigures(
  api: OperatorApi,
  screen: Screen,
  expectedTurns: number,
): Promise<{ performance: PerformanceView; sla: SlaView }> {
  const sla = await askUntil(
    () => api.sla(),
    ({ samples }) => samples >= expectedTurns,
    FLUSH_WAIT_MS,
  );
  const performance = await api.performance();
  screen.table([
    ['stage', 'samples', 'p50 ms', 'p95 ms', 'p99 ms'],
    ...performance.stages
      .filter((s) => s.count > 0)
      .map((s) => [s.stage, String(s.count), ms(s.p50_ms), ms(s.p95_ms), ms(s.p99_ms)]),
  ]);
  screen.line();
  const say = sla.verdict === 'met' ? screen.good : screen.bad;
  say(
    `SLA ${sla.verdict}: ${percent(sla.share_under_p95_target)} of ${sla.samples} replies under 500 ms (95 % promised), ` +
      `${percent(sla.share_under_p99_target)} under 1,000 ms (99 % promised), ${percent(sla.error_share)} errors.`,
  );
  return { performance, sla };
}

const ms = (value: number | null): string => (value === null ? '–' : value.toFixed(0).padStart(6));
const percent = (share: number | null): string => (share === null ? 'none' : `${(share * 100).toFixed(0)} %`);
