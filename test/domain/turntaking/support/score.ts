/** Calls as scores: stretches of voice and silence, and what else happens between them. */
import fc from 'fast-check';
import { expectations, type Expectation } from '../../../../src/domain/turntaking/expectation.js';
import {
  defaultRules,
  type TurnTakingDecision,
  type TurnTakingEvent,
} from '../../../../src/domain/turntaking/rules.js';
import { initialTurnTaking } from '../../../../src/domain/turntaking/state.js';
import { turnTaking } from '../../../../src/domain/turntaking/turn-taking.js';

export type Step =
  | { voiced: boolean; frames: number }
  | { words: string; final?: true }
  | { agent: Expectation | undefined; insists?: true }
  | 'agent_stopped'
  | 'typed'
  | 'hung_up';

export const voiced = (ms: number): Step => ({ voiced: true, frames: ms / 20 });
export const quiet = (ms: number): Step => ({ voiced: false, frames: ms / 20 });
/** The recogniser has these words now. */
export const said = (words: string): Step => ({ words });
/** The recogniser was asked for its words early and gives these. */
export const saidAtLast = (words: string): Step => ({ words, final: true });
export const agentStarts = (expects?: Expectation): Step => ({ agent: expects });
/** The agent has asked and is silent. */
export const asked = (expects: Expectation): Step[] => [agentStarts(expects), 'agent_stopped'];

const eager = new Set(['likely_end', 'confirm', 'cancel']);

/** Runs a score and returns the events with what was decided at each; `decisions` and `kinds` without eager starts. */
export function play(steps: readonly Step[], rules = defaultRules) {
  let state = initialTurnTaking;
  let atMs = 0;
  const log: { event: TurnTakingEvent; decisions: readonly TurnTakingDecision[] }[] = [];
  const take = (event: TurnTakingEvent) => {
    const step = turnTaking(state, event, rules);
    state = step.state;
    log.push({ event, decisions: step.decisions });
  };
  for (const step of steps) {
    if (typeof step === 'string') take({ kind: step, atMs });
    else if ('words' in step)
      take({ kind: 'words', atMs, text: step.words, ...(step.final && { final: step.final }) });
    else if ('agent' in step)
      take({
        kind: 'agent_started',
        atMs,
        ...(step.agent && { expects: step.agent }),
        ...(step.insists && { insists: step.insists }),
      });
    else
      for (let n = 0; n < step.frames; n++) {
        atMs += rules.frameMs;
        take({ kind: 'frame', atMs, voiced: step.voiced });
      }
  }
  const all = log.flatMap((l) => l.decisions);
  const decisions = all.filter((d) => !eager.has(d.kind));
  return { state, log, all, decisions, kinds: decisions.map((d) => d.kind) };
}

export const someWords = fc.constantFrom(
  '',
  'yes',
  'no it is not',
  'um',
  'five one two',
  'five one two five five five zero one four two',
  'l o p e z',
  'my name is maria lopez',
  'no nothing else',
  'a truck hit me and',
);
export const anyExpectation = fc.constantFrom(...expectations);

/** Whatever may happen in a call. */
export const score = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ voiced: fc.boolean(), frames: fc.integer({ min: 1, max: 60 }) }) },
    { weight: 2, arbitrary: someWords.map(said) },
    { weight: 1, arbitrary: someWords.map(saidAtLast) },
    { weight: 1, arbitrary: fc.option(anyExpectation, { nil: undefined }).map(agentStarts) },
    fc.constantFrom<Step>('agent_stopped', 'typed', 'hung_up'),
  ),
  { maxLength: 60 },
);
