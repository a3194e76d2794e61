import type { CallEvent } from '../caller/place-call.js';
import type { CallerScript } from '../caller/script.js';
import type { DeadLetterView, IntakeView } from '../operator/api.js';
import { showRecords, type RecordsView } from './records.js';
import type { Screen } from './screen.js';
import { callScripted, type Stage } from './stage.js';
import { accidentCaller, divorceCaller } from './stories.js';
import { untilDone, untilParked } from './watch.js';

/** What one call left behind, for `--json`. */
export interface SceneResult {
  callId: string;
  events: CallEvent[];
  disposition: string;
  records: RecordsView;
}

/** The demo's own ladder: a write parks after a few seconds instead of a day. */
export const demoLadder = {
  HERMES_WRITE_FAST_ATTEMPTS: '2',
  HERMES_WRITE_FAST_INITIAL_MS: '500',
  HERMES_WRITE_FAST_MAX_MS: '1000',
  HERMES_WRITE_SLOW_DELAYS_MS: '1000,2000',
  HERMES_WRITE_SLOW_WINDOW_MS: '3000',
  // The scene shows a person deciding; with a breaker the write would wait for Clio and need nobody.
  HERMES_BREAKER_FAILURES: '1000',
  // Two calls in a row after a quiet while: at once rather than steadily.
  CLIO_RATE_BURST: '25',
} as const;

/** A caller speaks, and a contact, a matter, a note and a payment link appear. */
export async function firstCall(stage: Stage, screen: Screen): Promise<SceneResult> {
  const before = await countCreated(stage);
  const { callId, events } = await holdCall(stage, screen, divorceCaller);
  const intake = await untilDone(stage.api, callId, 'the first caller’s records');
  return { callId, events, ...(await showOutcome(stage, screen, intake, before)) };
}

/** Clio is down: the caller notices nothing, the write parks, one decision resumes it, nothing is there twice. */
export async function callDuringOutage(
  stage: Stage,
  screen: Screen,
): Promise<SceneResult & { parked: string[] }> {
  const before = await countCreated(stage);
  const outage = await stage.clio.fault({ match: { path: '/' }, times: null, effect: { kind: 'down' } });
  let callId: string;
  let events: CallEvent[];
  let parked: string[];
  try {
    screen.bad('Clio is down from here on.');
    ({ callId, events } = await holdCall(stage, screen, accidentCaller));
    screen.aside('The caller was served. The writes retry, slow down, and park for a person:');
    const letters = await untilParked(stage.api, callId);
    showDeadLetters(screen, letters);
    parked = letters.map((letter) => letter.message_id);
  } finally {
    await stage.clio.clearFault(outage);
  }
  screen.good('Clio is back. One command resumes what is parked: npm run dlq -- retry --all');
  const results = await stage.api.retry(parked, 'Clio is back');
  screen.table(results.map(({ message_id, result }) => [message_id, result]));
  const intake = await untilDone(stage.api, callId, 'the second caller’s records');
  return { callId, events, parked, ...(await showOutcome(stage, screen, intake, before)) };
}

async function holdCall(
  stage: Stage,
  screen: Screen,
  script: CallerScript,
): Promise<{ callId: string; events: CallEvent[] }> {
  screen.line();
  const result = await callScripted(stage, script, (event) => screen.call(event));
  screen.line();
  return result;
}

function showDeadLetters(screen: Screen, letters: readonly DeadLetterView[]): void {
  screen.table([
    ['operation', 'state', 'cause', 'attempts', 'priority'],
    ...letters.map((l) => [l.operation, 'parked', l.error_class ?? '', String(l.attempts), l.priority]),
  ]);
}

/** How many contacts, matters and notes Clio has ever made. */
async function countCreated({ clio }: Stage): Promise<Record<'contact' | 'matter' | 'note', number>> {
  const { records } = await clio.ledger();
  const count = (kind: string): number =>
    records.filter((r) => r.kind === kind && r.action === 'created').length;
  return { contact: count('contact'), matter: count('matter'), note: count('note') };
}

async function showOutcome(
  stage: Stage,
  screen: Screen,
  intake: IntakeView,
  before: Awaited<ReturnType<typeof countCreated>>,
): Promise<{ disposition: string; records: RecordsView }> {
  const records = await showRecords(stage, screen, intake);
  const after = await countCreated(stage);
  const made = (['contact', 'matter', 'note'] as const).map(
    (kind) => `${after[kind] - before[kind]} ${kind}`,
  );
  const exactlyOne = made.every((text) => text.startsWith('1 '));
  const say = exactlyOne ? screen.good : screen.bad;
  say(`Clio’s ledger for this call: ${made.join(', ')}.`);
  if (!exactlyOne)
    throw new Error(`expected exactly one of each record, Clio’s ledger shows ${made.join(', ')}`);
  return { disposition: intake.record.disposition, records };
}
