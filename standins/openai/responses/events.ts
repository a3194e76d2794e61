import { randomUUID } from 'node:crypto';
import type { Completion } from '../chat/chunks.js';

/** One thing a response holds, with the events that build it up. */
interface OutputItem {
  /** As it stands when it is announced, and when it is finished. */
  begun: Record<string, unknown>;
  done: Record<string, unknown>;
  events: () => Generator<Record<string, unknown>>;
}

/** The response object. @param output what is finished of it. */
export function responseObject(completion: Completion, status: string, output: readonly object[]): object {
  const { id, created, model, usage } = completion;
  const { prompt_tokens, completion_tokens, total_tokens } = usage;
  const over = status === 'completed' || status === 'incomplete';
  return {
    id,
    object: 'response',
    created_at: created,
    status,
    model,
    output,
    error: null,
    incomplete_details: status === 'incomplete' ? { reason: 'max_output_tokens' } : null,
    store: false,
    usage: over
      ? {
          input_tokens: prompt_tokens,
          input_tokens_details: { cached_tokens: 0 },
          output_tokens: completion_tokens,
          output_tokens_details: { reasoning_tokens: 0 },
          total_tokens,
        }
      : null,
  };
}

/** The answer in one piece. */
export function wholeResponse(completion: Completion): object {
  return responseObject(
    completion,
    statusOf(completion),
    itemsOf(completion).map(({ done }) => done),
  );
}

/** The answer as server-sent events, numbered, with names; no `[DONE]` follows. */
export function* responseEvents(completion: Completion): Generator<string> {
  let number = 0;
  const event = (type: string, fields: object): string => {
    const data = JSON.stringify({ type, sequence_number: number, ...fields });
    number += 1;
    return `event: ${type}\ndata: ${data}\n\n`;
  };
  const items = itemsOf(completion);
  const begun = responseObject(completion, 'in_progress', []);
  yield event('response.created', { response: begun });
  yield event('response.in_progress', { response: begun });
  for (const [index, item] of items.entries()) {
    yield event('response.output_item.added', { output_index: index, item: item.begun });
    for (const { type, ...fields } of item.events()) {
      yield event(String(type), { output_index: index, ...fields });
    }
    yield event('response.output_item.done', { output_index: index, item: item.done });
  }
  const status = statusOf(completion);
  yield event(`response.${status}`, { response: wholeResponse(completion) });
}

const statusOf = ({ finishReason }: Completion): string =>
  finishReason === 'length' ? 'incomplete' : 'completed';

function itemsOf(completion: Completion): OutputItem[] {
  const { answer } = completion;
  if (answer.toolCalls.length > 0) return answer.toolCalls.map(callItem);
  return [messageItem(completion)];
}

function messageItem({ answer, pieces }: Completion): OutputItem {
  const id = `msg_${randomUUID()}`;
  const place = { item_id: id, content_index: 0 };
  const refused = answer.refusal;
  const part = (text: string) =>
    refused === null
      ? { type: 'output_text', text, annotations: [], logprobs: [] }
      : { type: 'refusal', refusal: text };
  const whole = refused ?? answer.text;
  const name = refused === null ? 'response.output_text' : 'response.refusal';
  const message = (status: string, content: readonly object[]) => ({
    id,
    type: 'message',
    status,
    role: 'assistant',
    content,
  });
  return {
    begun: message('in_progress', []),
    done: message('completed', [part(whole)]),
    *events() {
      yield { type: 'response.content_part.added', ...place, part: part('') };
      for (const delta of refused === null ? pieces : [refused]) {
        yield { type: `${name}.delta`, ...place, delta, ...(refused === null ? { logprobs: [] } : {}) };
      }
      yield { type: `${name}.done`, ...place, [refused === null ? 'text' : 'refusal']: whole };
      yield { type: 'response.content_part.done', ...place, part: part(whole) };
    },
  };
}

function callItem(call: Completion['answer']['toolCalls'][number]): OutputItem {
  const id = `fc_${randomUUID()}`;
  const { name, arguments: json } = call;
  const item = (status: string, given: string) => ({
    id,
    type: 'function_call',
    status,
    call_id: call.id,
    name,
    arguments: given,
  });
  return {
    begun: item('in_progress', ''),
    done: item('completed', json),
    *events() {
      const half = Math.ceil(json.length / 2);
      for (const delta of [json.slice(0, half), json.slice(half)]) {
        yield { type: 'response.function_call_arguments.delta', item_id: id, delta };
      }
      yield { type: 'response.function_call_arguments.done', item_id: id, name, arguments: json };
    },
  };
}
