import { defaultSilenceRules, type SilenceRules } from '../../domain/silence-ladder.js';
import { defaultRules, type TurnTakingRules } from '../../domain/turntaking/rules.js';

/** How one call behaves. Times in milliseconds. */
export interface SessionOptions {
  /** What the caller wants back: spoken audio, or only text. */
  output: 'audio' | 'text';
  rules: TurnTakingRules;
  /** What is done about a caller who says nothing. */
  silence: SilenceRules;
  /** Audio from before the detected start that the recogniser gets, so that soft onsets are not cut off. */
  preRollMs: number;
  sttTimeoutMs: number;
  llmFirstPieceTimeoutMs: number;
  /** Longest wait for the model over one whole reply. */
  llmTotalTimeoutMs: number;
  /** Longest wait for the next piece of agent audio. */
  ttsTimeoutMs: number;
  /** A reply is cut here; about two minutes of speech. A model that runs away must not hold the line. */
  maxReplyChars: number;
  /** Agent audio handed over before its time, to ride out a late timer; it is what `clear` has to take back. */
  sendAheadMs: number;
  /** From the caller's last word to a filler, when no answer has begun to sound; 0 for none. */
  fillerMs: number;
  /** Pause that ends a row of keys. */
  keyPauseMs: number;
  /** How long a caller whose line broke may take to come back; 0: the call ends at once. */
  reconnectWindowMs: number;
  /** With no turn from either side for this long the call ends (`idle`). */
  idleLimitMs: number;
}

export const defaultSessionOptions: SessionOptions = {
  output: 'audio',
  rules: defaultRules,
  silence: defaultSilenceRules,
  preRollMs: 300,
  sttTimeoutMs: 5_000,
  llmFirstPieceTimeoutMs: 5_000,
  llmTotalTimeoutMs: 20_000,
  ttsTimeoutMs: 10_000,
  maxReplyChars: 2_000,
  sendAheadMs: 100,
  fillerMs: 2_000,
  // A person presses a key in under a second.
  keyPauseMs: 2_000,
  reconnectWindowMs: 60_000,
  idleLimitMs: 600_000,
};
