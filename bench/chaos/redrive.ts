/** Having tried again what parked, by the product's own redrive jobs, until nothing is parked any more. */
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { Plan } from './intents.js';
import type { ChaosSite } from './site.js';
import { standings, untilQuiet, type Counts, type Standings } from './watch.js';

const Made = z.object({ job_id: z.string(), total: z.number() });
const Job = z.object({ state: z.string(), because: z.string().nullable() });

export interface Round {
  total: number;
  /** `completed`, or what stopped it. */
  state: string;
  because: string | null;
  /** How often its canary parked again and somebody let it go on: reads of LawPay meet their faults by chance. */
  resumed: number;
}

export interface RedriveWatch {
  onCounts: (counts: Counts) => void;
  beforeJob: (parked: Standings) => Promise<void>;
  stop: AbortSignal;
}

/** A call's matter may park after its contact was retried, so it takes some rounds. */
const MOST_ROUNDS = 8;
const MOST_RESUMES = 3;

export async function redriveAll(site: ChaosSite, plan: Plan, watch: RedriveWatch): Promise<Round[]> {
  const rounds: Round[] = [];
  while (rounds.length < MOST_ROUNDS) {
    const isQuiet = await untilQuiet(site, plan, watch.onCounts, watch.stop);
    const parked = new Map([...(await standings(site))].filter(([, { state }]) => state === 'parked'));
    if (!isQuiet || parked.size === 0) return rounds;
    await watch.beforeJob(parked);
    rounds.push(await runJob(site, `round ${rounds.length + 1}`, watch.stop));
  }
  return rounds;
}

async function runJob({ ask }: ChaosSite, name: string, stop: AbortSignal): Promise<Round> {
  const settings = { name, reason: 'the vendor is well again', canary: 1, ramp: true };
  const { job_id: jobId, total } = await ask(Made, '/dlq/redrive', settings);
  for (let resumed = 0; ;) {
    stop.throwIfAborted();
    const { state, because } = await ask(Job, `/dlq/redrive/${jobId}`);
    if (state === 'paused' && resumed < MOST_RESUMES) {
      resumed += 1;
      await ask(z.unknown(), `/dlq/redrive/${jobId}/resume`, { reason: 'the others are well' });
    } else if (['completed', 'aborted', 'paused'].includes(state)) return { total, state, because, resumed };
    await pause(500);
  }
}
