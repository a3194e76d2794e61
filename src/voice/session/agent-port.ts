import type { Expectation } from '../../domain/turntaking/expectation.js';
import type { Turn } from '../../domain/turn.js';
import type { WordingRequest } from '../ports.js';

/** What the agent does next: chosen by code, worded by the language model. */
export interface AgentTurn {
  act: WordingRequest['act'];
  /** The template is spoken as it is, because its very words matter; no model is asked. */
  verbatim: boolean;
  /** System text for the model. */
  instructions: string;
  /** What kind of answer it asks for: decides how long a pause ends the caller's turn. */
  expects: Expectation;
  /** When this has been said in full the call is over. */
  closesCall: boolean;
}

/** The agent's rules as pure functions of what has been said so far. One per call: it knows the firm. */
export interface ConversationAgent {
  greeting(): AgentTurn;
  /** @param turns every finished turn, oldest first, as heard; ends with the caller's latest. */
  reply(turns: readonly Turn[]): AgentTurn;
}
