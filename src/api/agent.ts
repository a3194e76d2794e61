import { type Act, greet, instructionsFor, isVerbatim, nextAct, permitted } from '../domain/agent/index.js';
import type { FirmProfile } from '../domain/firm.js';
import type { AgentTurn, ConversationAgent } from '../voice/session/agent-port.js';

/** The rules of domain/agent behind the port of the voice loop, for the firm of one call. */
export function createAgent(firm: FirmProfile): ConversationAgent {
  const instructions = instructionsFor(firm);
  const asTurn = ({ kind, template, closesCall }: Act): AgentTurn => ({
    act: { kind, template },
    verbatim: isVerbatim(kind),
    instructions,
    closesCall,
  });
  return {
    greeting: () => asTurn(greet(firm)),
    reply: (turns) => asTurn(nextAct(turns, firm)),
  };
}

/** Whether a clause may be spoken to a caller. */
export const mayBeSpoken = (clause: string): boolean => permitted(clause).ok;
