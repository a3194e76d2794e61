/** What both ways of asking for a wording have in common. */
import type OpenAI from 'openai';
import { ProviderError } from '../../ports.js';

export interface WordingSettings {
  model: string;
  /** null leaves the field out. */
  reasoningEffort: OpenAI.ReasoningEffort;
  /** Sends requests with the same beginning to the same cache; undefined leaves the field out. */
  cacheKey: string | undefined;
}

/** Two short sentences are some 60 tokens; this stops a model that rambles, it does not shape the answer. */
export const MAX_TOKENS = 300;

export const otherShape = (): ProviderError =>
  new ProviderError('llm', 'garbage', 'The server sent a chunk of another shape.');

export const modelRefused = (): ProviderError =>
  new ProviderError('llm', 'refused', 'The model refused to answer.');

/**
 * A stream that was cut at a message boundary looks like a finished one, but for the missing word that it is finished.
 * @param reason why the server says it ended: `stop` when the answer is whole, undefined when it says nothing.
 * @throws ProviderError when the answer is not whole.
 */
export function assertComplete(reason: string | undefined, spoken: boolean): void {
  if (reason === 'content_filter') {
    throw new ProviderError('llm', 'refused', 'The server withheld the answer (content_filter).');
  }
  if (reason !== 'stop') {
    throw new ProviderError('llm', 'garbage', `The answer is incomplete (${reason ?? 'no reason given'}).`);
  }
  if (!spoken) throw new ProviderError('llm', 'garbage', 'The answer holds no text.');
}
