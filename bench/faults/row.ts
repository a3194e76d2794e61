/** One row of the fault table: a call whose provider fails in one way, turn after turn, until it is left alone. */
import type { BenchSite } from '../voice/site.js';
import { breakStage, heal, type FaultName, type Stage } from './faults.js';
import { ProbeCall, type TurnResult } from './probe-call.js';
import type { Utterances } from './utterances.js';
import { brokenPromises } from './verdict.js';

export interface Row {
  stage: Stage;
  fault: FaultName;
  /** While the provider is still asked, turn by turn, and once it is left alone. */
  turns: TurnResult[];
  /** State of the stage's breaker after the last turn. */
  breaker: string;
  broken: string[];
}

/** Three failures open a breaker; the turn after them is the one without a wait. */
const TURNS = 4;
const HEALED_WITHIN_MS = 90_000;
/** What the model says where it does: told apart from the agent's own sentence. */
const MODEL_WORDS = 'Thank you, these are the words of the model. What happened then?';
const HEARD_WORDS = 'my landlord changed the locks and i cannot get in';

/** Runs one row. Afterwards all is well again and every breaker closed. @throws Error when a call cannot be placed. */
export async function runRow(
  site: BenchSite,
  stage: Stage,
  fault: FaultName,
  { spoken, tones }: Utterances,
): Promise<Row> {
  const { openai } = site;
  await heal(openai);
  await openai.completions(...Array<string>(TURNS * 4).fill(MODEL_WORDS));
  await openai.transcripts(...Array<string>(TURNS * 4).fill(HEARD_WORDS));
  const call = new ProbeCall();
  const turns: TurnResult[] = [];
  try {
    // Sockets to the recogniser are opened at pickup; the greeting needs a voice.
    if (stage === 'stt') {
      await breakStage(openai, stage, fault);
      // A refusal only meets who knocks: sockets that wait since the row before would hear this call through.
      await openai.hangUp();
    }
    await call.place(site.api, site.token);
    if (stage !== 'stt') await breakStage(openai, stage, fault);
    // A stand-in for the recogniser understands speech; the stand-in server reads tones.
    const utterances = stage === 'stt' ? spoken : tones;
    for (let n = 0; n < TURNS; n += 1) {
      const frames = utterances[n % utterances.length] ?? [];
      turns.push(await call.say(frames));
    }
  } finally {
    call.hangUp();
  }
  const breaker = (await stateOf(site.api)).find((view) => view.stage === stage)?.state ?? 'none';
  await heal(openai);
  await allClosed(site.api);
  const broken = turns.flatMap((turn, n) => brokenPromises(turn).map((what) => `turn ${n + 1}: ${what}`));
  return { stage, fault, turns, breaker, broken };
}

interface BreakerView {
  stage: string;
  state: string;
}

async function stateOf(api: string): Promise<BreakerView[]> {
  const response = await fetch(new URL('/health', api), { signal: AbortSignal.timeout(5_000) });
  const { providers } = (await response.json()) as { providers: BreakerView[] };
  return providers;
}

/** A probe finds out that all is well, within the longest wait between two of them. */
async function allClosed(api: string): Promise<void> {
  const deadline = performance.now() + HEALED_WITHIN_MS;
  while ((await stateOf(api)).some(({ state }) => state !== 'closed')) {
    if (performance.now() > deadline) throw new Error('A breaker did not close after its provider was back.');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
