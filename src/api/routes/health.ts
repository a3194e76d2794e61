import { z } from 'zod';
import type { App } from '../app-types.js';
import { problemAnswers } from '../plugins/openapi.js';
import { ProblemError } from '../problems.js';
import { type Readiness, readinessParts, type ReadinessReport } from '../readiness.js';

export interface HealthDeps {
  readiness: Readiness;
  version: string;
  /** Calls on the line now, and how many there may be. */
  liveCalls: () => number;
  maxCalls: number;
  /** Events of calls that the intake has not taken yet, and how many of them are in memory only. */
  journal: () => { pending: number; inMemory: number };
  /** How the servers of the speech and language engines do; local engines have none. */
  providers: () => { stage: 'stt' | 'llm' | 'tts'; engine: string; state: 'closed' | 'open' | 'half_open' }[];
  /** What the process sheds: nothing, answers in advance, new recordings too (domain/overload.ts). */
  load: () => 'normal' | 'strained' | 'overloaded';
  /** 99th percentile of the event loop's lateness over the last seconds, in milliseconds. */
  loopDelayP99Ms: () => number;
  /** Models in use that their servers are about to take away, or have taken away, the nearest first. */
  modelShutdowns: () => readonly {
    stage: 'stt' | 'llm' | 'tts';
    model: string;
    shutdownDate: string;
    daysLeft: number;
  }[];
}

const Part = z.enum(['ok', 'failing']);
const Parts = z.object({ database: Part, temporal: Part, journal: Part });

const Details = z
  .object({
    status: z.enum(['ready', 'degraded']),
    parts: z
      .object({
        database: z.string().nullable(),
        temporal: z.string().nullable(),
        journal: z.string().nullable(),
      })
      .describe('What is wrong with each part; null when nothing is.'),
    version: z.string(),
    node: z.string(),
    uptime_seconds: z.number(),
    calls: z.object({ live: z.int(), max: z.int() }),
    providers: z
      .array(
        z.object({
          stage: z.enum(['stt', 'llm', 'tts']),
          engine: z.string(),
          state: z.enum(['closed', 'open', 'half_open']),
        }),
      )
      .describe(
        'Servers that hear, word and speak. open: left alone after failures; half_open: being tried.',
      ),
    load: z
      .enum(['normal', 'strained', 'overloaded'])
      .describe('strained: no answers are prepared in advance; overloaded: no recording begins either.'),
    journal_backlog: z.int().describe('Events of calls that the intake has not taken yet.'),
    journal_in_memory: z.int().describe('Those of them that are not on the disk yet.'),
    event_loop_delay_ms: z.number().describe('Mean lateness of the event loop over the last second.'),
    event_loop_delay_p99_ms: z
      .number()
      .describe('Its 99th percentile over the last 5 to 10 seconds: audio frames leave late by as much.'),
    memory: z.object({ rss_bytes: z.int(), heap_used_bytes: z.int() }),
    model_shutdowns: z
      .array(
        z.object({
          stage: z.enum(['stt', 'llm', 'tts']),
          model: z.string(),
          shutdown_date: z.iso.date(),
          days_left: z.int(),
        }),
      )
      .describe('Models in use that their server takes away within 60 days, or has taken away.'),
  })
  .describe('State of this process.');

const probe = { probe: true };
const base = { tags: ['Operations'], security: [] };

/** Probes for machines and details for operators. They name parts, never addresses or secrets. */
export function healthRoutes(app: App, deps: HealthDeps): void {
  app.get(
    '/livez',
    {
      config: probe,
      schema: {
        ...base,
        summary: 'Is the process alive',
        response: { 200: z.object({ status: z.literal('ok') }).describe('It is.'), ...problemAnswers },
      },
    },
    () => ({ status: 'ok' as const }),
  );
  app.get(
    '/readyz',
    {
      config: probe,
      schema: {
        ...base,
        summary: 'Can the process do all of its work',
        description:
          '503 names the parts that fail: database, temporal, journal. Calls go on while Temporal is away.',
        response: {
          200: z.object({ status: z.literal('ready'), parts: Parts }).describe('It can.'),
          ...problemAnswers,
        },
      },
    },
    async () => {
      const report = await deps.readiness();
      const errors = readinessParts.flatMap((part) =>
        report[part] ? [{ field: part, message: report[part] }] : [],
      );
      if (errors.length > 0) throw new ProblemError('not_ready', undefined, errors);
      return { status: 'ready' as const, parts: partsOf(report) };
    },
  );
  app.get(
    '/health',
    {
      config: probe,
      schema: { ...base, summary: 'State of the process', response: { 200: Details, ...problemAnswers } },
    },
    async () => detailsOf(app, deps, await deps.readiness()),
  );
}

const partsOf = (report: ReadinessReport): z.infer<typeof Parts> => ({
  database: report.database ? 'failing' : 'ok',
  temporal: report.temporal ? 'failing' : 'ok',
  journal: report.journal ? 'failing' : 'ok',
});

/** Something stands in for a server, or nothing does: calls go on all the same, so the process stays ready. */
const isImpaired = (providers: ReturnType<HealthDeps['providers']>): boolean =>
  providers.some(({ state }) => state !== 'closed');

function detailsOf(app: App, deps: HealthDeps, parts: ReadinessReport): z.infer<typeof Details> {
  const { pending, inMemory } = deps.journal();
  const providers = deps.providers();
  const { eventLoopDelay, rssBytes, heapUsed } = app.memoryUsage();
  return {
    status: readinessParts.some((part) => parts[part]) || isImpaired(providers) ? 'degraded' : 'ready',
    parts,
    version: deps.version,
    node: process.version,
    uptime_seconds: Math.round(process.uptime()),
    calls: { live: deps.liveCalls(), max: deps.maxCalls },
    providers,
    load: deps.load(),
    journal_backlog: pending,
    journal_in_memory: inMemory,
    event_loop_delay_ms: Math.round(eventLoopDelay * 100) / 100,
    event_loop_delay_p99_ms: Math.round(deps.loopDelayP99Ms() * 100) / 100,
    memory: { rss_bytes: rssBytes, heap_used_bytes: heapUsed },
    model_shutdowns: deps.modelShutdowns().map(({ stage, model, shutdownDate, daysLeft }) => ({
      stage,
      model,
      shutdown_date: shutdownDate,
      days_left: daysLeft,
    })),
  };
}
