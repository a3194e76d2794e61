import { z } from 'zod';
import type { ChatRequest } from '../chat/request.js';
import { ApiError, parseRequest } from '../envelope.js';
import { assertModel } from '../models.js';

const Text = z.union([
  z.string(),
  z
    .array(z.looseObject({ type: z.string(), text: z.string().optional() }))
    .transform((parts) => parts.map(({ text }) => text ?? '').join('')),
]);
const JsonSchema = z.record(z.string(), z.unknown());

const Message = z.object({
  type: z.literal('message').optional(),
  role: z.enum(['system', 'developer', 'user', 'assistant']),
  content: Text,
});
const ToolOutput = z.object({
  type: z.literal('function_call_output'),
  call_id: z.string(),
  output: Text,
});
/** Flat, unlike those of the chat API. */
const Tool = z.looseObject({
  type: z.literal('function'),
  name: z.string().min(1).max(64),
  parameters: JsonSchema.nullish(),
});

const Body = z.looseObject({
  model: z.string(),
  input: z.union([z.string(), z.array(z.union([Message, ToolOutput]))]).default([]),
  instructions: z.string().nullish(),
  stream: z.boolean().nullish(),
  max_output_tokens: z.int().min(16).nullish(),
  reasoning: z
    .strictObject({ effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']).nullish() })
    .nullish(),
  tools: z.array(Tool).optional(),
  tool_choice: z
    .union([
      z.enum(['none', 'auto', 'required']),
      z.strictObject({ type: z.literal('function'), name: z.string() }),
    ])
    .optional(),
  text: z
    .looseObject({
      format: z
        .discriminatedUnion('type', [
          z.looseObject({ type: z.literal('text') }),
          z.looseObject({ type: z.literal('json_object') }),
          z.looseObject({ type: z.literal('json_schema'), name: z.string().min(1), schema: JsonSchema }),
        ])
        .optional(),
    })
    .optional(),
  store: z.boolean().nullish(),
  previous_response_id: z.string().nullish(),
  prompt_cache_key: z.string().max(64).nullish(),
  prompt_cache_options: z
    .strictObject({
      mode: z.string().optional(),
      ttl: z.enum(['30m', '12h']).optional(),
      prewarm: z.boolean().optional(),
    })
    .nullish(),
});
export type ResponsesRequest = z.output<typeof Body>;

/**
 * Reads and checks the body of a responses request.
 * @throws ApiError 400 naming the first field that is wrong, 404 for an unknown model or an earlier response.
 */
export function parseResponsesRequest(body: unknown): ResponsesRequest {
  const request = parseRequest(Body, body);
  assertModel(request.model, 'chat');
  const { previous_response_id: previous } = request;
  if (typeof previous === 'string') {
    const message = `Previous response with id '${previous}' not found.`;
    throw new ApiError(404, message, 'previous_response_id', 'previous_response_not_found');
  }
  return request;
}

/** The same request in the chat API's words, because both routes answer alike. */
export function asChat(request: ResponsesRequest): ChatRequest {
  const { model, instructions, input, tools, tool_choice: choice, text } = request;
  const said = typeof input === 'string' ? [{ role: 'user' as const, content: input }] : input;
  const items = said.map((item) =>
    'role' in item
      ? { role: item.role, content: item.content }
      : { role: 'tool' as const, content: item.output },
  );
  const system = instructions ? [{ role: 'system' as const, content: instructions }] : [];
  return {
    model,
    messages: [...system, ...items],
    max_completion_tokens: request.max_output_tokens,
    ...(tools && {
      tools: tools.map(({ name, parameters }) => ({
        type: 'function' as const,
        function: { name, ...(parameters ? { parameters } : {}) },
      })),
    }),
    ...(choice && {
      tool_choice:
        typeof choice === 'string' ? choice : { type: 'function' as const, function: { name: choice.name } },
    }),
    ...(text?.format && { response_format: asChatFormat(text.format) }),
  };
}

type Format = NonNullable<NonNullable<ResponsesRequest['text']>['format']>;

const asChatFormat = (format: Format): NonNullable<ChatRequest['response_format']> =>
  format.type === 'json_schema'
    ? { type: 'json_schema', json_schema: { name: format.name, schema: format.schema } }
    : { type: format.type };
