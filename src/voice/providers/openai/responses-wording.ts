/** One wording by `POST /responses`. */
import type OpenAI from 'openai';
import { z } from 'zod';
import { ProviderError, type WordingRequest } from '../../ports.js';
import { kindOf } from './failure.js';
import { wordingMessages } from './prompt.js';
import { assertComplete, MAX_TOKENS, modelRefused, otherShape, type WordingSettings } from './wording.js';

const errorBody = z.object({ code: z.string().nullish() }).nullish();

/** The events that we use, of some thirty kinds; those of a kind not named here are passed over. */
const Used = z.discriminatedUnion('type', [
  z.object({ type: z.literal('response.output_text.delta'), delta: z.string() }),
  z.object({ type: z.literal('response.refusal.delta') }),
  z.object({ type: z.literal('response.completed') }),
  z.object({
    type: z.literal('response.incomplete'),
    response: z.object({ incomplete_details: z.object({ reason: z.string().nullish() }).nullish() }),
  }),
  z.object({ type: z.literal('response.failed'), response: z.object({ error: errorBody }) }),
  z.object({ type: z.literal('error'), code: z.string().nullish() }),
]);
const usedTypes = new Set<unknown>(Used.options.map(({ shape }) => shape.type.value));

/** Streams the pieces of text. Gives up, upstream too, when the signal aborts. @throws ProviderError, APIError */
export async function* responsesWording(
  client: OpenAI,
  settings: WordingSettings,
  request: WordingRequest,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const { model, reasoningEffort, cacheKey } = settings;
  const [system, ...input] = wordingMessages(request);
  const stream = await client.responses.create(
    {
      model,
      instructions: system?.content ?? '',
      input: input.map(({ role, content }) => ({ role, content })),
      stream: true,
      // Nothing of a call is left with the vendor to be fetched later.
      store: false,
      max_output_tokens: MAX_TOKENS,
      ...(reasoningEffort === null ? {} : { reasoning: { effort: reasoningEffort } }),
      ...(cacheKey === undefined ? {} : { prompt_cache_key: cacheKey }),
    },
    { signal },
  );
  let ending: string | undefined;
  let spoken = false;
  // Read to its end, after the last event too: only then is the connection free for the next request.
  for await (const raw of stream) {
    const event = usable(raw);
    if (event?.type === 'response.output_text.delta' && event.delta !== '') {
      spoken = true;
      yield event.delta;
    } else if (event) ending = endingOf(event) ?? ending;
  }
  assertComplete(ending, spoken);
}

/** How the answer ended, in the words of the chat API; undefined while it goes on. @throws ProviderError */
function endingOf(event: z.output<typeof Used>): string | undefined {
  switch (event.type) {
    case 'response.output_text.delta':
      return undefined;
    case 'response.refusal.delta':
      throw modelRefused();
    case 'response.completed':
      return 'stop';
    case 'response.incomplete':
      return event.response.incomplete_details?.reason ?? 'incomplete';
    case 'response.failed':
      throw failed(event.response.error?.code);
    case 'error':
      throw failed(event.code);
  }
}

function failed(code: string | null | undefined): ProviderError {
  const shown = code ?? 'no code';
  return new ProviderError('llm', kindOf(undefined, shown), `The server failed in mid-answer (${shown}).`);
}

function usable(raw: unknown): z.output<typeof Used> | undefined {
  const type = (raw as { type?: unknown } | null)?.type;
  if (typeof type !== 'string') throw otherShape();
  if (!usedTypes.has(type)) return undefined;
  const parsed = Used.safeParse(raw);
  if (!parsed.success) throw otherShape();
  return parsed.data;
}
