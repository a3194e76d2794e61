/** At pickup: what the first turn would otherwise wait for. */
import type { Providers } from '../ports.js';
import type { ConversationAgent } from './agent-port.js';

/** Tells every engine that a call begins, and the model with which words its prompts will begin. Never throws. */
export function prewarm({ stt, llm, tts }: Providers, agent: ConversationAgent): void {
  stt?.prewarm?.();
  tts?.prewarm?.();
  llm.prewarm?.(instructionsOf(agent));
}

/** A greeting that cannot be made is reported when it is to be spoken. */
function instructionsOf(agent: ConversationAgent): string | undefined {
  try {
    return agent.greeting().instructions;
  } catch {
    return undefined;
  }
}
