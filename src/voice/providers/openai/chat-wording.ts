/** One wording by `POST /chat/completions`. */
import type OpenAI from 'openai';
import { z } from 'zod';
import type { WordingRequest } from '../../ports.js';
import { wordingMessages } from './prompt.js';
import { assertComplete, MAX_TOKENS, modelRefused, otherShape, type WordingSettings } from './wording.js';

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

/** Streams the pieces of text. Gives up, upstream too, when the signal aborts. @throws ProviderError, APIError */
export async function* chatWording(
  client: OpenAI,
  settings: WordingSettings,
  request: WordingRequest,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const { model, reasoningEffort, cacheKey } = settings;
  const stream = await client.chat.completions.create(
    {
      model,
      messages: wordingMessages(request),
      stream: true,
      max_completion_tokens: MAX_TOKENS,
      ...(reasoningEffort === null ? {} : { reasoning_effort: reasoningEffort }),
      ...(cacheKey === undefined ? {} : { prompt_cache_key: cacheKey }),
    },
    { signal },
  );
  let finishReason: string | undefined;
  let spoken = false;
  for await (const chunk of stream) {
    const choice = usable(chunk);
    if (choice?.delta?.refusal) throw modelRefused();
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
  if (!parsed.success) throw otherShape();
  return parsed.data.choices[0];
}
