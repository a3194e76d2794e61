import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Stand } from '../stand.js';
import { eventStream, faultFor, flow, wait } from '../stream.js';
import { decideAnswer } from './answer.js';
import { complete, events, whole } from './chunks.js';
import { parseChatRequest } from './request.js';

/** `POST /v1/chat/completions`, whole or as a stream. */
export function chatRoutes(app: FastifyInstance, stand: Stand): void {
  app.post('/chat/completions', async (request, reply) => {
    const asked = parseChatRequest(request.body);
    const answer = decideAnswer(asked, stand.script);
    const id = `chatcmpl-${randomUUID()}`;
    const completion = complete(asked, answer, id, stand.clock.nowMs());
    stand.ledger.record('completion', id, 'created', {
      model: asked.model,
      messages: asked.messages,
      reasoningEffort: asked.reasoning_effort ?? null,
      cacheKey: asked.prompt_cache_key ?? null,
      maxTokens: asked.max_completion_tokens ?? asked.max_tokens ?? null,
      answer: completion.answer,
    });
    if (asked.stream !== true) {
      await wait(stand.settings.chat, undefined);
      return whole(completion);
    }
    const includeUsage = asked.stream_options?.include_usage === true;
    await flow(reply, stand, {
      ...eventStream,
      chunks: events(completion, includeUsage),
      pace: stand.settings.chat,
      fault: faultFor('chat', reply, stand),
    });
    return reply;
  });
}
