/** `npm run dlq -- redrive …`: jobs that retry many writes. */
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { Ask } from '../operator/ask.js';
import { table } from '../terminal/style.js';
import { filterOf, given, numberOf, type Options, paceOf, tell, write } from './options.js';

const Job = z.object({
  job_id: z.string(),
  name: z.string(),
  state: z.string(),
  because: z.string().nullable(),
  rate_per_second: z.number().nullable(),
  total: z.number(),
  items: z.record(z.string(), z.number()).optional(),
});
const Preview = z.object({
  total: z.number(),
  groups: z.array(
    z.object({
      system: z.string(),
      priority: z.string(),
      error_class: z.string().nullable(),
      parked: z.number(),
    }),
  ),
});
const Items = z.object({
  items: z.array(z.object({ seq: z.number(), message_id: z.string(), state: z.string() })),
  next_after_seq: z.number().nullable(),
});

/** @returns the exit code; undefined when there is no such command. */
export async function redriveCommand(
  ask: Ask,
  [command, subject]: readonly string[],
  options: Options,
): Promise<number | undefined> {
  if (command === 'preview') return preview(ask, options);
  if (command === 'list') return list(ask, options.json);
  if (subject === undefined) return undefined;
  switch (command) {
    case 'start':
      return start(ask, subject, options);
    case 'watch':
      return watch(ask, subject, options.json);
    case 'items':
      return items(ask, subject, options.json);
    case 'pause':
    case 'resume':
    case 'abort':
      return order(ask, subject, command, { reason: options.reason });
    case 'rate':
      return order(ask, subject, command, { reason: options.reason, ...paceOf(options) });
    default:
      return undefined;
  }
}

async function preview(ask: Ask, options: Options): Promise<number> {
  const found = await ask(Preview, '/dlq/redrive/preview', { filter: filterOf(options) });
  tell(options.json, found, () => [
    ...table(found.groups.map((g) => [String(g.parked), g.system, g.priority, g.error_class ?? ''])),
    `${found.total} writes would be tried.`,
  ]);
  return 0;
}

async function start(ask: Ask, name: string, options: Options): Promise<number> {
  const made = await ask(z.object({ job_id: z.string(), total: z.number() }), '/dlq/redrive', {
    name,
    reason: options.reason,
    filter: filterOf(options),
    ...paceOf(options),
    ...given({ canary: numberOf('--canary', options.canary) }),
  });
  if (options.detach) {
    tell(options.json, made, () => [`${made.job_id}: ${made.total} writes`]);
    return 0;
  }
  return watch(ask, made.job_id, options.json);
}

async function list(ask: Ask, json: boolean): Promise<number> {
  const { jobs } = await ask(z.object({ jobs: z.array(Job) }), '/dlq/redrive');
  tell(json, jobs, () =>
    jobs.length === 0
      ? ['There are no jobs.']
      : table(jobs.map((job) => [job.job_id, job.state, String(job.total), job.name, job.because ?? ''])),
  );
  return 0;
}

const POLL_MS = 500;
const resting = new Set(['completed', 'aborted', 'paused']);

/** Tells where the job stands until it is over or waits for somebody. Exit code 1 unless it completed. */
async function watch(ask: Ask, jobId: string, json: boolean): Promise<number> {
  let told = '';
  for (;;) {
    const job = await ask(Job, `/dlq/redrive/${jobId}`);
    const line = lineOf(job);
    if (!json && line !== told) write(line);
    told = line;
    if (resting.has(job.state)) {
      if (json) write(JSON.stringify(job, null, 2));
      else if (job.because !== null) write(`${job.state}: ${job.because}`);
      return job.state === 'completed' ? 0 : 1;
    }
    await pause(POLL_MS);
  }
}

function lineOf({ job_id, state, total, items = {} }: z.infer<typeof Job>): string {
  const open = (items['pending'] ?? 0) + (items['sending'] ?? 0);
  const counts = Object.entries(items).map(([name, n]) => `${n} ${name.replaceAll('_', ' ')}`);
  return `${job_id}  ${state.padEnd(9)}  ${total - open} of ${total}  ${counts.join(', ')}`;
}

async function items(ask: Ask, jobId: string, json: boolean): Promise<number> {
  for (let after: number | null = 0; after !== null;) {
    const page: z.infer<typeof Items> = await ask(
      Items,
      `/dlq/redrive/${jobId}/items?limit=1000&after_seq=${after}`,
    );
    for (const item of page.items)
      write(json ? JSON.stringify(item) : `${item.seq}\t${item.state}\t${item.message_id}`);
    after = page.next_after_seq;
  }
  return 0;
}

async function order(ask: Ask, jobId: string, kind: string, body: object): Promise<number> {
  const { state } = await ask(z.object({ state: z.string() }), `/dlq/redrive/${jobId}/${kind}`, body);
  write(`${jobId}: ${state}`);
  return 0;
}
