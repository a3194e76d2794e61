import {
  type Act,
  greet,
  instructionsFor,
  isVerbatim,
  nextAct,
  permitted,
  silenceAct,
  silenceReachOf,
  whisper,
} from '../domain/agent/index.js';
import { keysExpectedFor } from '../domain/keypad.js';
import type { FirmProfile } from '../domain/firm.js';
import { recordingRuling } from '../domain/recording.js';
import { expectationOf } from '../domain/turntaking/expectation.js';
import type { AgentTurn, ConversationAgent } from '../voice/session/agent-port.js';

/** The rules of domain/agent behind the port of the voice loop, for the firm of one call. */
export function createAgent(firm: FirmProfile): ConversationAgent {
  const instructions = instructionsFor(firm);
  const asTurn = (act: Act): AgentTurn => ({
    act: { kind: act.kind, template: act.template },
    verbatim: isVerbatim(act.kind),
    instructions,
    expects: expectationOf(act),
    keys: keysExpectedFor(act.asks),
    closesCall: act.closesCall,
    silence: silenceReachOf(act.kind),
  });
  return {
    greeting: () => asTurn(greet(firm)),
    reply(turns) {
      const act = nextAct(turns, firm);
      if (act.kind !== 'transfer' || firm.telephone === undefined) return asTurn(act);
      const transfer = { to: firm.telephone, summary: whisper(turns, firm) };
      return { ...asTurn(act), ends: 'transferred', transfer };
    },
    silence(turns, step) {
      const { silence: _unchanged, ...turn } = asTurn(silenceAct(turns, firm, step));
      return { ...turn, ends: 'idle' };
    },
    recording: (turns) => recordingRuling(turns, firm),
  };
}

/** The same for an edge that keeps no sound: callers are not asked whether they may be recorded. */
export const createUnrecordedAgent = (firm: FirmProfile): ConversationAgent =>
  createAgent({ ...firm, recording: 'never' });

/** Whether a clause may be spoken to a caller. */
export const mayBeSpoken = (clause: string): boolean => permitted(clause).ok;
