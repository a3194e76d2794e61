/** Makes the server keep, and have ready, the part of the prompt that is the same in every turn of a firm's calls. */
import { createHash } from 'node:crypto';
import type OpenAI from 'openai';
import { SILENCE, stablePrompt } from './prompt.js';

/**
 * `key` sends `prompt_cache_key`, which leads requests with the same beginning to the same cache. `prewarm` also fills
 * that cache at pickup: by the responses API's own `prewarm`, or on the chat API by an answer of one token, which is
 * what a server that keeps the last prompt of its own accord (vLLM, llama.cpp) needs.
 */
export type PromptCacheUse = 'none' | 'key' | 'prewarm';

export interface PromptCacheOptions {
  client: OpenAI;
  model: string;
  api: 'chat' | 'responses';
  use: PromptCacheUse;
  reasoningEffort: OpenAI.ReasoningEffort;
  /** Milliseconds, monotonic. */
  nowMs?: () => number;
}

/** Vendors keep an unused prompt for 5 to 10 minutes; within this a cache that was filled is still full. */
const WARM_MS = 4 * 60_000;
/** Nobody waits for it; a server that needs longer has more to do than warming up. */
const TIMEOUT_MS = 10_000;
/** Firms whose last warming is remembered. */
const MAX_FIRMS = 1_000;

export class PromptCache {
  /** When a prompt was last warmed, by its key, oldest first. */
  private readonly warmedAtMs = new Map<string, number>();
  private readonly closing = new AbortController();

  constructor(private readonly options: PromptCacheOptions) {}

  /** The key of the prompts that begin with these instructions; undefined when none is to be sent. */
  keyFor(instructions: string): string | undefined {
    return this.options.use === 'none' ? undefined : keyOf(instructions);
  }

  /** Returns at once and never throws. @returns whether a request was sent. */
  prewarm(instructions: string): boolean {
    if (this.options.use !== 'prewarm' || this.closing.signal.aborted) return false;
    const key = keyOf(instructions);
    const nowMs = (this.options.nowMs ?? (() => performance.now()))();
    const warmedAtMs = this.warmedAtMs.get(key);
    if (warmedAtMs !== undefined && nowMs - warmedAtMs < WARM_MS) return false;
    this.remember(key, nowMs);
    // Should the server be down or know no such thing, then the first turn tells.
    this.warm(instructions, key).catch(() => this.warmedAtMs.delete(key));
    return true;
  }

  close(): void {
    this.closing.abort();
  }

  private remember(key: string, nowMs: number): void {
    this.warmedAtMs.delete(key);
    this.warmedAtMs.set(key, nowMs);
    const [oldest] = this.warmedAtMs.keys();
    if (this.warmedAtMs.size > MAX_FIRMS && oldest !== undefined) this.warmedAtMs.delete(oldest);
  }

  private async warm(instructions: string, key: string): Promise<void> {
    const { client, model, api, reasoningEffort: effort } = this.options;
    const prompt = stablePrompt(instructions);
    const body =
      api === 'responses'
        ? {
            instructions: prompt,
            input: [{ role: 'user', content: SILENCE }],
            store: false,
            prompt_cache_options: { prewarm: true },
            ...(effort === null ? {} : { reasoning: { effort } }),
          }
        : {
            messages: [
              { role: 'system', content: prompt },
              { role: 'user', content: SILENCE },
            ],
            max_completion_tokens: 1,
            ...(effort === null ? {} : { reasoning_effort: effort }),
          };
    const path = api === 'responses' ? '/responses' : '/chat/completions';
    await client.post(path, {
      body: { model, prompt_cache_key: key, ...body },
      signal: this.closing.signal,
      timeout: TIMEOUT_MS,
    });
  }
}

/** Tells nothing of the firm to the vendor that the prompt itself does not tell. */
const keyOf = (instructions: string): string =>
  createHash('sha256').update(stablePrompt(instructions)).digest('hex').slice(0, 32);
