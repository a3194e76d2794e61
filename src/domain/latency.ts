/**
 * Stages of one reply. All values are milliseconds on one monotonic clock. The clock starts at the last voiced audio
 * frame of the caller (audio time), never at a recogniser's event, so the endpointing wait is inside the total.
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
  /** first clause handed over → first audio of the speech engine. */
  'tts',
  /** first audio → first frame handed to the socket. */
  'send',
  /** last voiced frame → first agent frame handed to the socket: what the caller hears as delay. */
  'total',
] as const;
export type Stage = (typeof stages)[number];

/** Stage → milliseconds. Stages that did not happen (a typed turn has no endpointing or stt) are absent. */
export type TurnTiming = Partial<Record<Stage, number>>;
