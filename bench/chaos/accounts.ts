/** The accounts at the end: the vendors' ledgers, what is left over, what it cost. */
import { setTimeout as pause } from 'node:timers/promises';
import { costOf } from './cost.js';
import { failedWorkflows } from './failed.js';
import { allIntents, type Plan } from './intents.js';
import { compare, feltLimits, mostInAMinute } from './ledger.js';
import { payLinks } from './payers.js';
import type { ChaosResult } from './result.js';
import { RATE_PER_MINUTE, type ChaosSite } from './site.js';
import { standings } from './watch.js';

export async function accounts(
  site: ChaosSite,
  plan: Plan,
): Promise<Pick<ChaosResult, 'differences' | 'leftovers' | 'rates' | 'attempts' | 'cost'>> {
  const byId = await standings(site);
  const known = [...byId.values()];
  const attempts: Record<string, number> = {};
  for (const standing of known) attempts[standing.attempts] = (attempts[standing.attempts] ?? 0) + 1;
  await payLinks(site, plan);
  const ledgers = { clio: await site.vendors.clio.ledger(), lawpay: await site.vendors.lawpay.ledger() };
  const rates = Object.entries(ledgers).map(([system, { requests }]) => [
    system,
    { limit: RATE_PER_MINUTE, mostInAMinute: mostInAMinute(requests), felt: feltLimits(requests) },
  ]);
  const idsOf = (isFaulty: boolean): string[] =>
    allIntents(plan).flatMap(({ workflowId, fate }) =>
      byId.has(workflowId) && (fate !== null) === isFaulty ? [workflowId] : [],
    );
  return {
    differences: compare(allIntents(plan), [...ledgers.clio.records, ...ledgers.lawpay.records]),
    leftovers: await leftoversOf(site, known.filter(({ state }) => state !== 'done').length),
    rates: Object.fromEntries(rates) as ChaosResult['rates'],
    attempts,
    cost: { calm: await costOf(site, idsOf(false)), faulty: await costOf(site, idsOf(true)) },
  };
}

/** Calls have a last word to store after their last write. */
const LAST_WORDS_MS = 60_000;

async function leftoversOf({ temporal }: ChaosSite, notDone: number): Promise<Record<string, number>> {
  const count = async (query: string): Promise<number> => (await temporal.workflow.count(query)).count;
  const open = (): Promise<number> =>
    count(`WorkflowType in ('externalWrite', 'callIntake', 'redrive') and ExecutionStatus = 'Running'`);
  for (const untilMs = Date.now() + LAST_WORDS_MS; Date.now() < untilMs && (await open()) > 0;)
    await pause(500);
  return {
    'rows not done': notDone,
    'workflows still open': await open(),
    ...(await failedWorkflows(temporal)),
    'workflows with problems': await count('TemporalReportedProblems is not null'),
  };
}
