/**
 * Stages of one reply. All values are milliseconds on one monotonic clock. The clock starts at the last voiced audio
 * frame of the caller (audio time), never at a recogniser's event, so the endpointing wait is inside the total.
 *
 * Stages follow one another and each counts only what was waited for it after the one before: work that was done early
 * (an eager start) costs its stage nothing. So endpointing to send add up to the total.
 */
export const stages = [
  /** last voiced frame → the turn detector says the caller has finished. */
  'endpointing',
  /** endpoint → final transcript. */
  'stt',
  /** transcript → the policy has chosen the next act. */
  'policy',
  /** act → first token of the wording. */
  'llm',
  /** first token → first clause, ready to be spoken. */
  'llm_clause',
  /** first clause handed over → first audio of the speech engine. */
  'tts',
  /** first audio → first frame handed to the socket. */
  'send',
  /** Our own part of the total: what is neither endpointing nor waiting for a provider. */
  'edge',
  /** last voiced frame → first agent frame handed to the socket: what the caller hears as delay. */
  'total',
] as const;
export type Stage = (typeof stages)[number];

/** Stage → milliseconds. Stages that did not happen (a typed turn has no endpointing or stt) are absent. */
export type TurnTiming = Partial<Record<Stage, number>>;

/** What is waited for from outside the process: the caller's silence, and the providers. The rest is `edge`. */
export const waitingStages = ['endpointing', 'stt', 'llm', 'llm_clause', 'tts'] as const satisfies Stage[];

/**
 * What became of the eager start of one turn. `hit`: the answer that was prepared is the one that was given. `miss`: one
 * was prepared and thrown away. `none`: nothing was prepared.
 */
export const speculationOutcomes = ['hit', 'miss', 'none'] as const;
export type SpeculationOutcome = (typeof speculationOutcomes)[number];

export interface TurnSpeculation {
  outcome: SpeculationOutcome;
  /** Answers thrown away since the turn before, and the characters the model had worded for them. */
  wasted: number;
  wastedChars: number;
}

/** The total again, apart for each outcome: a mean of both hides how long those wait whose answer was not ready. */
export const totalOf = { hit: 'total_hit', miss: 'total_miss', none: 'total_none' } as const;
/** Everything of which samples are kept: the stages, and the totals by outcome. */
export type Series = Stage | (typeof totalOf)[SpeculationOutcome];
export const series: readonly Series[] = [...stages, ...Object.values(totalOf)];
