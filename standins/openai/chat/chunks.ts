import { eventOf } from '../stream.js';
import type { Answer } from './answer.js';
import type { ChatRequest } from './request.js';

type FinishReason = 'stop' | 'length' | 'tool_calls';

/** An answer cut to the allowed length, with its accounts. */
export interface Completion {
  id: string;
  created: number;
  model: string;
  answer: Answer;
  /** The text word by word, as it is streamed; blanks stay with the word before. */
  pieces: readonly string[];
  finishReason: FinishReason;
  usage: {
    prompt_tokens: number;
    completion_tokens: number;
    total_tokens: number;
    prompt_tokens_details: object;
    completion_tokens_details: object;
  };
}

/** Four characters a token is the vendor's own rule of thumb. */
const tokensIn = (text: string): number => Math.ceil(text.length / 4);

/** @param nowMs when the request came, milliseconds since the epoch. */
export function complete(request: ChatRequest, answer: Answer, id: string, nowMs: number): Completion {
  const words = answer.text.match(/\S+\s*|^\s+/g) ?? [];
  const limit = request.max_completion_tokens ?? request.max_tokens ?? Infinity;
  const pieces = words.slice(0, limit);
  const promptTokens = tokensIn(request.messages.map(({ content }) => content).join(''));
  const calls = answer.toolCalls.map((call) => call.name + call.arguments).join('');
  const completionTokens = pieces.length + tokensIn(calls + (answer.refusal ?? ''));
  const cut = pieces.length < words.length;
  return {
    id,
    created: Math.floor(nowMs / 1_000),
    model: request.model,
    answer: { ...answer, text: pieces.join('') },
    pieces,
    finishReason: answer.toolCalls.length > 0 ? 'tool_calls' : cut ? 'length' : 'stop',
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
    },
  };
}

/** The answer in one piece. */
export function whole({ id, created, model, answer, finishReason, usage }: Completion): object {
  const calls = answer.toolCalls.map((call) => ({
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: call.arguments },
  }));
  const message = {
    role: 'assistant',
    content: calls.length > 0 || answer.refusal !== null ? null : answer.text,
    refusal: answer.refusal,
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  };
  return {
    id,
    object: 'chat.completion',
    created,
    model,
    service_tier: 'default',
    system_fingerprint: 'fp_standin',
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishReason }],
    usage,
  };
}

/** The answer as events: role, pieces, finish, usage if asked for, `[DONE]`. */
export function* events(completion: Completion, includeUsage: boolean): Generator<string> {
  const frame = {
    id: completion.id,
    object: 'chat.completion.chunk',
    created: completion.created,
    model: completion.model,
    service_tier: 'default',
    system_fingerprint: 'fp_standin',
  };
  const usage = includeUsage ? { usage: null } : {};
  const chunk = (delta: object, finishReason: FinishReason | null = null) =>
    eventOf({
      ...frame,
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
      ...usage,
    });
  const { answer, pieces, finishReason } = completion;
  yield chunk({ role: 'assistant', content: answer.toolCalls.length > 0 ? null : '', refusal: null });
  for (const content of pieces) yield chunk({ content });
  if (answer.refusal !== null) yield chunk({ refusal: answer.refusal });
  for (const [index, call] of answer.toolCalls.entries()) {
    const opening = { index, id: call.id, type: 'function', function: { name: call.name, arguments: '' } };
    yield chunk({ tool_calls: [opening] });
    const half = Math.ceil(call.arguments.length / 2);
    for (const part of [call.arguments.slice(0, half), call.arguments.slice(half)]) {
      yield chunk({ tool_calls: [{ index, function: { arguments: part } }] });
    }
  }
  yield chunk({}, finishReason);
  if (includeUsage) yield eventOf({ ...frame, choices: [], usage: completion.usage });
  yield 'data: [DONE]\n\n';
}
