import { z } from 'zod';
import { ApiError, parseRequest } from '../envelope.js';
import { assertModel } from '../models.js';

const Text = z.union([
  z.string(),
  z
    .array(z.looseObject({ type: z.string(), text: z.string().optional() }))
    .transform((parts) => parts.map(({ text }) => text ?? '').join('')),
]);
const JsonSchema = z.record(z.string(), z.unknown());

const Message = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
  content: Text.nullish().transform((text) => text ?? ''),
});

const Tool = z.looseObject({
  type: z.literal('function'),
  function: z.looseObject({ name: z.string().min(1).max(64), parameters: JsonSchema.optional() }),
});

const ToolChoice = z.union([
  z.enum(['none', 'auto', 'required']),
  z.looseObject({ type: z.literal('function'), function: z.looseObject({ name: z.string() }) }),
]);

const ResponseFormat = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('text') }),
  z.looseObject({ type: z.literal('json_object') }),
  z.looseObject({
    type: z.literal('json_schema'),
    json_schema: z.looseObject({ name: z.string().min(1), schema: JsonSchema.default({}) }),
  }),
]);

const ChatBody = z.looseObject({
  model: z.string(),
  messages: z.array(Message).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
  max_completion_tokens: z.int().positive().nullish(),
  max_tokens: z.int().positive().nullish(),
  reasoning_effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']).nullish(),
  prompt_cache_key: z.string().max(64).nullish(),
  tools: z.array(Tool).optional(),
  tool_choice: ToolChoice.optional(),
  response_format: ResponseFormat.optional(),
});
export type ChatRequest = z.output<typeof ChatBody>;

/**
 * Reads and checks the body of a chat request.
 * @throws ApiError 400 naming the first field that is wrong, 404 for an unknown model.
 */
export function parseChatRequest(body: unknown): ChatRequest {
  const request = parseRequest(ChatBody, body);
  assertModel(request.model, 'chat');
  if (request.model === 'gpt-6-luna' && request.tools?.length && request.reasoning_effort !== 'none') {
    const message = 'Function calling with gpt-6-luna in Chat Completions needs reasoning_effort "none".';
    throw new ApiError(400, message, 'reasoning_effort', 'unsupported_parameter');
  }
  return request;
}
