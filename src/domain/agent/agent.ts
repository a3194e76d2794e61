/** The agent of a call: the first sentence, and the next act after any turns. Pure; under a millisecond per turn. */
import type { FirmProfile } from '../firm.js';
import type { Turn } from '../turn.js';
import type { Act } from './act.js';
import { decide, greetingOf } from './policy.js';
import { replay } from './replay.js';

/** The act that opens a call. */
export const greet = (firm: FirmProfile): Act => greetingOf(firm);

/**
 * The agent's next act. After an agent turn (a reconnect) it is that act again, so the caller hears the open question.
 * @param turns the whole call so far in order, as heard; pass the same turn objects each time and only new ones cost.
 * @param firm the firm as it was when the call began.
 */
export function nextAct(turns: readonly Turn[], firm: FirmProfile): Act {
  const state = replay(turns, firm, turns[0]?.atMs ?? 0);
  return state.agentsTurn || !state.lastAct ? decide(state, firm) : state.lastAct;
}
