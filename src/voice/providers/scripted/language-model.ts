/** The policy's own sentences as a language model: the default without a key, and the fallback when the real one is down. */
import type { LanguageModel } from '../../ports.js';
import { createClauseSplitter } from '../../session/clause-splitter.js';

/** Says each act's template as it is, clause by clause. Never fails; aborting rejects with the signal's reason. */
export function createScriptedLanguageModel(): LanguageModel {
  return {
    name: 'scripted',
    async *word({ act }, signal) {
      const splitter = createClauseSplitter();
      for (const clause of [...splitter.push(act.template), ...splitter.flush()]) {
        signal.throwIfAborted();
        yield `${clause} `;
        // Lets an interruption be seen between clauses: a real model yields here too.
        await Promise.resolve();
      }
    },
    close: () => Promise.resolve(),
  };
}
