import type { Script } from '../script.js';
import type { ChatRequest } from './request.js';
import { sampleOf } from './schema-sample.js';

export interface ToolCall {
  id: string;
  name: string;
  /** JSON text. */
  arguments: string;
}

/** What the model says. Exactly one of text, tool calls and refusal is filled. */
export interface Answer {
  text: string;
  toolCalls: readonly ToolCall[];
  refusal: string | null;
}

/**
 * Decides the answer, the same for the same request: a scripted one first; a call of the tool that `tool_choice` asks
 * for; an object for a JSON schema; the line marked `SAY:` that stands last in the request; the user's last words.
 */
export function decideAnswer(request: ChatRequest, script: Script): Answer {
  const scripted = script.nextCompletion();
  if (typeof scripted === 'string') return answer({ text: scripted });
  if (scripted && 'refusal' in scripted) return answer({ refusal: scripted.refusal });
  if (scripted) {
    return answer({
      toolCalls: scripted.toolCalls.map((call, at) => toolCall(at, call.name, call.arguments)),
    });
  }
  const tool = demandedTool(request);
  if (tool) {
    const parameters = sampleOf(tool.function.parameters ?? { type: 'object' });
    return answer({ toolCalls: [toolCall(0, tool.function.name, parameters)] });
  }
  const format = request.response_format;
  if (format?.type === 'json_schema') {
    return answer({ text: JSON.stringify(sampleOf(format.json_schema.schema)) });
  }
  if (format?.type === 'json_object') return answer({ text: '{}' });
  return answer({ text: sayOrRepeat(request.messages) });
}

const answer = (part: Partial<Answer>): Answer => ({ text: '', toolCalls: [], refusal: null, ...part });

const toolCall = (at: number, name: string, values: unknown): ToolCall => ({
  id: `call_${at + 1}`,
  name,
  arguments: JSON.stringify(values),
});

function demandedTool({ tools, tool_choice: choice }: ChatRequest) {
  if (choice === 'required') return tools?.[0];
  if (typeof choice !== 'object') return undefined;
  return tools?.find((tool) => tool.function.name === choice.function.name);
}

interface Said {
  role: string;
  content: string;
}

/** The line marked `SAY:` that stands last, else the user's last words. */
export const sayOrRepeat = (messages: readonly Said[]): string =>
  lineToSay(messages) ?? messages.findLast(({ role }) => role === 'user')?.content ?? '';

function lineToSay(messages: readonly Said[]): string | undefined {
  const lines = messages.flatMap(({ content }) => content.split('\n'));
  return lines
    .findLast((line) => line.startsWith('SAY:'))
    ?.slice('SAY:'.length)
    .trim();
}
