/** Where a call stands: what is known, what was asked how often, and what overrides the questions. */
import { nothingKnown } from '../extract/facts.js';
import type { Facts } from '../extract/facts.js';
import type { Question } from '../extract/question.js';
import type { Act } from './act.js';
import type { Signal } from './signals.js';

export interface CallState {
  facts: Facts;
  /** What the agent asked last; a caller's bare answer belongs to it. */
  asked: Question | null;
  /** How often each question was asked. */
  times: Readonly<Partial<Record<Question, number>>>;
  /** The caller has spoken (or nobody has) since the agent's last act: the next agent turn is a new act. */
  agentsTurn: boolean;
  lastAct: Act | null;
  /** Signals of the caller's last turn. */
  signals: ReadonlySet<Signal>;
  /** Danger named and not taken back: nothing else is said until the caller says they are safe. */
  crisis: 'emergency' | 'suicidal' | null;
  /** The caller wants a person: name, number and a message, nothing more. */
  wantsPerson: boolean;
  phoneConfirmed: boolean;
  /** The refusal of the recording has been acknowledged. */
  refusalHeard: boolean;
  /** What the last caller turn brought, for the acknowledgement. */
  news: 'name' | 'area' | 'nothing' | 'something';
}

/** Before anybody has spoken. */
export const atStart: CallState = {
  facts: nothingKnown,
  asked: null,
  times: {},
  agentsTurn: true,
  lastAct: null,
  signals: new Set(),
  crisis: null,
  wantsPerson: false,
  phoneConfirmed: false,
  refusalHeard: false,
  news: 'nothing',
};
