import type { Histogram } from 'hdr-histogram-js';
import type { TenantId } from '../domain/ids.js';
import { stages, totalOf, type Series, type TurnSpeculation, type TurnTiming } from '../domain/latency.js';
import { emptyHistogram, encodeHistogram, recordMs } from './histograms.js';
import type { Logger } from './logger.js';

/** What one process measured for one tenant in one minute: absolute figures, so storing them twice changes nothing. */
export interface TenantMinute {
  tenantId: TenantId;
  /** Start of the minute, epoch milliseconds. */
  minuteMs: number;
  stages: { stage: Series; samples: number; histogram: Buffer }[];
  turns: number;
  errors: number;
}

export interface LatencyRecorderOptions {
  /** Puts one minute where it lasts; rejects to be offered the same or newer figures again. */
  store: (minute: TenantMinute) => Promise<void>;
  logger: Logger;
  nowMs?: () => number;
  /** Time between flushes. Default 10 s: how far behind the reports may be. */
  flushEveryMs?: number;
}

/** At most this many finished tenant-minutes wait for a database that is away: about 3 kB each, so 60 MB. */
const MAX_WAITING = 20_000;
const MINUTE_MS = 60_000;

/**
 * Latency samples of one process, held as histograms per tenant, stage and minute and stored every few seconds.
 * `record` only touches memory (well under 2 µs a sample, `npm run bench:histogram`). A failed flush keeps everything
 * and tries again; finished minutes wait in their compressed form.
 */
export class LatencyRecorder {
  readonly #open = new Map<string, OpenMinute>();
  #waiting: TenantMinute[] = [];
  #minuteMs = 0;
  #flushing: Promise<void> | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #nowMs: () => number;

  constructor(private readonly options: LatencyRecorderOptions) {
    this.#nowMs = options.nowMs ?? Date.now;
    this.#timer = setInterval(() => void this.flush(), options.flushEveryMs ?? 10_000);
    this.#timer.unref();
  }

  /** Takes the timing of one answered turn; its total once more by what became of the eager start. */
  record(tenantId: TenantId, timing: TurnTiming, speculation?: Pick<TurnSpeculation, 'outcome'>): void {
    const minute = this.#current(tenantId);
    minute.turns += 1;
    for (const stage of stages) {
      const milliseconds = timing[stage];
      if (milliseconds !== undefined && Number.isFinite(milliseconds)) minute.add(stage, milliseconds);
    }
    if (speculation && timing.total !== undefined && Number.isFinite(timing.total))
      minute.add(totalOf[speculation.outcome], timing.total);
  }

  /** Counts a turn that got no reply, or a degraded one. */
  recordError(tenantId: TenantId): void {
    this.#current(tenantId).errors += 1;
  }

  /** Stores everything that changed. Never rejects; what could not be stored is kept. */
  flush(): Promise<void> {
    this.#flushing ??= this.#store().finally(() => (this.#flushing = undefined));
    return this.#flushing;
  }

  /** Stops the timer and stores what is left, once. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#flushing;
    await this.flush();
  }

  #current(tenantId: TenantId): OpenMinute {
    const minuteMs = this.#nowMs() - (this.#nowMs() % MINUTE_MS);
    // A clock that steps back must not reopen a minute whose absolute figures are already stored.
    this.#minuteMs = Math.max(this.#minuteMs, minuteMs);
    const open = this.#open.get(tenantId);
    if (open?.minuteMs === this.#minuteMs) {
      open.changed = true;
      return open;
    }
    if (open) this.#finish(open);
    const minute = new OpenMinute(tenantId, this.#minuteMs);
    this.#open.set(tenantId, minute);
    return minute;
  }

  #finish(minute: OpenMinute): void {
    this.#open.delete(minute.tenantId);
    if (!minute.changed) return;
    this.#waiting.push(minute.encoded());
    if (this.#waiting.length > MAX_WAITING) {
      this.#waiting.shift();
      this.options.logger.warn(
        { kept: MAX_WAITING },
        'latency minutes dropped, the database is away too long',
      );
    }
  }

  async #store(): Promise<void> {
    for (const minute of this.#open.values()) {
      if (minute.minuteMs + MINUTE_MS <= this.#nowMs()) this.#finish(minute);
    }
    try {
      for (let minute = this.#waiting[0]; minute; minute = this.#waiting[0]) {
        await this.options.store(minute);
        this.#waiting = this.#waiting.filter((other) => other !== minute);
      }
      for (const minute of this.#open.values()) await this.#storeOpen(minute);
    } catch (error) {
      this.options.logger.warn(
        { err: error, waiting: this.#waiting.length },
        'latency figures not stored yet',
      );
    }
  }

  async #storeOpen(minute: OpenMinute): Promise<void> {
    if (!minute.changed) return;
    minute.changed = false;
    try {
      await this.options.store(minute.encoded());
    } catch (error) {
      // The minute may have been finished while the database was being asked: then it must wait with the others.
      const current = this.#open.get(minute.tenantId) === minute;
      minute.changed = true;
      if (!current) this.#waiting.push(minute.encoded());
      throw error;
    }
  }
}

/** The minute that is still being filled, for one tenant. */
class OpenMinute {
  turns = 0;
  errors = 0;
  changed = true;
  readonly #histograms = new Map<Series, Histogram>();

  constructor(
    readonly tenantId: TenantId,
    readonly minuteMs: number,
  ) {}

  add(stage: Series, milliseconds: number): void {
    let histogram = this.#histograms.get(stage);
    if (!histogram) this.#histograms.set(stage, (histogram = emptyHistogram()));
    recordMs(histogram, milliseconds);
  }

  encoded(): TenantMinute {
    return {
      tenantId: this.tenantId,
      minuteMs: this.minuteMs,
      turns: this.turns,
      errors: this.errors,
      stages: Array.from(this.#histograms, ([stage, histogram]) => ({
        stage,
        samples: histogram.totalCount,
        histogram: encodeHistogram(histogram),
      })),
    };
  }
}
