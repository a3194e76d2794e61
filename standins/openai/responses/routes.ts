import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { decideAnswer } from '../chat/answer.js';
import { complete } from '../chat/chunks.js';
import type { Stand } from '../stand.js';
import { eventStream, faultFor, flow, wait } from '../stream.js';
import { responseEvents, responseObject, wholeResponse } from './events.js';
import { asChat, parseResponsesRequest } from './request.js';

/** `POST /v1/responses`, whole or as a stream; with `prewarm` it answers nothing. */
export function responsesRoutes(app: FastifyInstance, stand: Stand): void {
  app.post('/responses', async (request, reply) => {
    const asked = parseResponsesRequest(request.body);
    const prewarm = asked.prompt_cache_options?.prewarm === true;
    const chat = asChat(asked);
    const nothing = { text: '', toolCalls: [], refusal: null };
    const answer = prewarm ? nothing : decideAnswer(chat, stand.script);
    const id = `resp_${randomUUID()}`;
    const completion = complete(chat, answer, id, stand.clock.nowMs());
    stand.ledger.record('response', id, 'created', {
      model: asked.model,
      messages: chat.messages,
      reasoningEffort: asked.reasoning?.effort ?? null,
      cacheKey: asked.prompt_cache_key ?? null,
      store: asked.store ?? true,
      prewarm,
      answer: completion.answer,
    });
    if (prewarm) return responseObject(completion, 'completed', []);
    if (asked.stream !== true) {
      await wait(stand.settings.chat, undefined);
      return wholeResponse(completion);
    }
    await flow(reply, stand, {
      ...eventStream,
      garbage: 'event: response.output_text.delta\ndata: {"type":"response.outp\n\n',
      chunks: responseEvents(completion),
      pace: stand.settings.chat,
      fault: faultFor('responses', reply, stand),
    });
    return reply;
  });
}
