import type { Expectation } from '../../domain/turntaking/expectation.js';
import type { RecordingRuling } from '../../domain/recording.js';
import type { KeysExpected } from '../../domain/keypad.js';
import type { SilenceReach } from '../../domain/silence-ladder.js';
import type { EndReason, Turn } from '../../domain/turn.js';
import type { WordingRequest } from '../ports.js';

/** A call on its way to a person. */
export interface Transfer {
  /** Where the person answers, E.164. */
  to: string;
  /** What they should know before they speak; to be spoken to them alone. */
  summary: string;
}

/** What the agent does next: chosen by code, worded by the language model. */
export interface AgentTurn {
  act: WordingRequest['act'];
  /** The template is spoken as it is, because its very words matter; no model is asked. */
  verbatim: boolean;
  /** System text for the model. */
  instructions: string;
  /** What kind of answer it asks for: decides how long a pause ends the caller's turn. */
  expects: Expectation;
  /** What keys mean as an answer to it. Default: digits. */
  keys?: KeysExpected;
  /** When this has been said in full the call is over. */
  closesCall: boolean;
  /** How the call ends then. Default: `agent_closed`. */
  ends?: EndReason;
  /** When this has been said the caller is handed over to a person. */
  transfer?: Transfer;
  /** How far the agent goes with a caller who does not answer this. Default: as after what it said before. */
  silence?: SilenceReach;
}

/** The agent's rules as pure functions of what has been said so far. One per call: it knows the firm. */
export interface ConversationAgent {
  greeting(): AgentTurn;
  /** @param turns every finished turn, oldest first, as heard; ends with the caller's latest. */
  reply(turns: readonly Turn[]): AgentTurn;
  /**
   * What is said to a caller who says nothing: a prompt, a second one, a goodbye. Absent: silence is left alone.
   * @param turns every finished turn, oldest first.
   */
  silence?(turns: readonly Turn[], step: 1 | 2 | 'close'): AgentTurn;
  /** Whether the call may be recorded after these turns. Absent: it may not. */
  recording?(turns: readonly Turn[]): RecordingRuling;
}
