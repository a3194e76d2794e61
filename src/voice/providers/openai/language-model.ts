/** Wording by any server that speaks `POST /chat/completions` with streaming. */
import type OpenAI from 'openai';
import { z } from 'zod';
import { ProviderError, type LanguageModel, type WordingRequest } from '../../ports.js';
import { openConnection, type Endpoint } from './connection.js';
import { withinLimits, type Limits } from './limits.js';
import { wordingMessages } from './prompt.js';

export interface OpenAiLanguageModelOptions extends Endpoint {
  model: string;
  /** Longest wait for the first word, in milliseconds. */
  firstTokenTimeoutMs?: number;
  /** Longest wait between two pieces of text, in milliseconds. */
  stallTimeoutMs?: number;
  /**
   * `reasoning_effort` as the server understands it, `none` by default: a model that reasons would do so while the caller
   * waits, and spend the allowed tokens on it. null leaves the field out, for servers that refuse it.
   */
  reasoningEffort?: OpenAI.ReasoningEffort;
}

/** A caller notices silence within a second and must never hear 5 s of it, fallback included. */
const defaults: Limits = { firstMs: 3_000, stallMs: 2_000 };
/** Two short sentences are some 60 tokens; this stops a model that rambles, it does not shape the answer. */
const MAX_TOKENS = 300;

/** The part of a chunk that we use. Servers differ in the rest: role, usage and padding may be missing. */
const Chunk = z.object({
  choices: z
    .array(
      z.object({
        delta: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }).nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .default([]),
});

/**
 * @throws ProviderError from `word`: `timeout` (no word in time, or a stall), `unavailable` (connection, 429, 5xx),
 * `refused` (key, model, quota, content), `garbage` (not JSON, no text, ended in mid-sentence). Aborting rejects with
 * the signal's reason and closes the request upstream.
 */
export function createOpenAiLanguageModel(options: OpenAiLanguageModelOptions): LanguageModel {
  const connection = openConnection(options);
  const limits: Limits = {
    firstMs: options.firstTokenTimeoutMs ?? defaults.firstMs,
    stallMs: options.stallTimeoutMs ?? defaults.stallMs,
  };
  return {
    name: `openai:${options.model}`,
    word: (request, signal) =>
      withinLimits(
        'llm',
        (upstream) => wording(connection.client, options, request, upstream),
        limits,
        signal,
      ),
    prewarm: () => connection.prewarm(),
    close: () => connection.close(),
  };
}

async function* wording(
  client: OpenAI,
  options: OpenAiLanguageModelOptions,
  request: WordingRequest,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const { model, reasoningEffort = 'none' } = options;
  const stream = await client.chat.completions.create(
    {
      model,
      messages: wordingMessages(request),
      stream: true,
      max_completion_tokens: MAX_TOKENS,
      ...(reasoningEffort === null ? {} : { reasoning_effort: reasoningEffort }),
    },
    { signal },
  );
  let finishReason: string | undefined;
  let spoken = false;
  for await (const chunk of stream) {
    const choice = usable(chunk);
    if (choice?.delta?.refusal) throw new ProviderError('llm', 'refused', 'The model refused to answer.');
    finishReason = choice?.finish_reason ?? finishReason;
    const piece = choice?.delta?.content;
    if (!piece) continue;
    spoken = true;
    yield piece;
  }
  assertComplete(finishReason, spoken);
}

function usable(chunk: unknown) {
  const parsed = Chunk.safeParse(chunk);
  if (!parsed.success) throw new ProviderError('llm', 'garbage', 'The server sent a chunk of another shape.');
  return parsed.data.choices[0];
}

/** A stream that was cut at a message boundary looks like a finished one, but for its missing finish_reason. */
function assertComplete(finishReason: string | undefined, spoken: boolean): void {
  if (finishReason === 'content_filter') {
    throw new ProviderError('llm', 'refused', 'The server withheld the answer (content_filter).');
  }
  if (finishReason !== 'stop') {
    const reason = finishReason ?? 'no finish_reason';
    throw new ProviderError('llm', 'garbage', `The answer is incomplete (${reason}).`);
  }
  if (!spoken) throw new ProviderError('llm', 'garbage', 'The answer holds no text.');
}
