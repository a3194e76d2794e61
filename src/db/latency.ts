import type { Pool } from 'pg';
import type { TenantId } from '../domain/ids.js';
import { series, type Series } from '../domain/latency.js';
import type { TenantMinute } from '../telemetry/latency.js';
import { withTenant } from './tenant.js';

/** A span of time, epoch milliseconds; the end is exclusive. Figures are kept per whole minute. */
export interface TimeWindow {
  fromMs: number;
  toMs: number;
}

/**
 * Stores what one process measured in one minute. The figures are absolute: storing a later version of the same minute
 * replaces the earlier one.
 * @param instance name of the process, unique per start, so that two processes never overwrite each other.
 */
export async function storeLatencyMinute(pool: Pool, instance: string, minute: TenantMinute): Promise<void> {
  const at = new Date(minute.minuteMs);
  await withTenant(pool, minute.tenantId, async (scope) => {
    await scope.query(
      `insert into turn_minutes (tenant_id, minute, instance, turns, errors) values ($1, $2, $3, $4, $5)
       on conflict (tenant_id, minute, instance) do update set turns = excluded.turns, errors = excluded.errors`,
      [minute.tenantId, at, instance, minute.turns, minute.errors],
    );
    if (minute.stages.length === 0) return;
    await scope.query(
      `insert into latency_minutes (tenant_id, stage, minute, instance, samples, histogram)
       select $1, stage, $2, $3, samples, histogram
         from unnest($4::text[], $5::int[], $6::bytea[]) as row (stage, samples, histogram)
       on conflict (tenant_id, stage, minute, instance)
       do update set samples = excluded.samples, histogram = excluded.histogram`,
      [
        minute.tenantId,
        at,
        instance,
        minute.stages.map((s) => s.stage),
        minute.stages.map((s) => s.samples),
        minute.stages.map((s) => s.histogram),
      ],
    );
  });
}

/** Rows read at once: at about 500 bytes each, a page is a quarter of a megabyte. */
const PAGE_ROWS = 500;

interface HistogramRow {
  stage: Series;
  minute: Date;
  instance: string;
  histogram: Buffer;
}

/**
 * Reads the stored histograms of a window stage by stage and page by page along the primary key, each page in a
 * transaction of its own so that a long report holds no connection.
 * @param only the stages and totals wanted; default all.
 */
export async function* latencyHistograms(
  pool: Pool,
  tenantId: TenantId,
  window: TimeWindow,
  only: readonly Series[] = series,
): AsyncGenerator<HistogramRow[]> {
  for (const stage of only) {
    let after = { minute: new Date(window.fromMs), instance: '' };
    for (;;) {
      const page = await histogramPage(pool, tenantId, stage, after, new Date(window.toMs));
      if (page.length > 0) yield page;
      const last = page.at(-1);
      if (!last || page.length < PAGE_ROWS) break;
      after = last;
    }
  }
}

async function histogramPage(
  pool: Pool,
  tenantId: TenantId,
  stage: Series,
  after: { minute: Date; instance: string },
  to: Date,
): Promise<HistogramRow[]> {
  return withTenant(pool, tenantId, async (scope) => {
    const { rows } = await scope.query<HistogramRow>(
      `select stage, minute, instance, histogram from latency_minutes
        where tenant_id = $1 and stage = $2 and (minute, instance) > ($3, $4) and minute < $5
        order by minute, instance limit $6`,
      [tenantId, stage, after.minute, after.instance, to, PAGE_ROWS],
    );
    return rows;
  });
}

/** Turns answered and turns in error within a window. */
export async function turnCounts(
  pool: Pool,
  tenantId: TenantId,
  window: TimeWindow,
): Promise<{ turns: number; errors: number }> {
  return withTenant(pool, tenantId, async (scope) => {
    const { rows } = await scope.query<{ turns: string; errors: string }>(
      `select coalesce(sum(turns), 0) as turns, coalesce(sum(errors), 0) as errors
         from turn_minutes where tenant_id = $1 and minute >= $2 and minute < $3`,
      [tenantId, new Date(window.fromMs), new Date(window.toMs)],
    );
    return { turns: Number(rows[0]?.turns ?? 0), errors: Number(rows[0]?.errors ?? 0) };
  });
}
