import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { StandinDefinition } from '../kit/standin.js';
import { chatRoutes } from './chat/routes.js';
import { controlRoutes } from './control.js';
import { ApiError, assertKey, errorBody, vendorHeaders } from './envelope.js';
import { modelRoutes } from './models.js';
import { acceptRealtime } from './realtime/upgrade.js';
import { responsesRoutes } from './responses/routes.js';
import { createScript } from './script.js';
import { Settings } from './settings.js';
import { speechRoutes } from './speech/routes.js';
import type { Stand } from './stand.js';
import { noStreams, type StreamCount } from './stream-count.js';
import { transcriptionRoutes } from './transcriptions/routes.js';

/**
 * An OpenAI-compatible server without a model behind it. Speech is text in tones, so that what one route says another
 * understands; chat repeats the line marked `SAY:`. Everything is deterministic.
 */
export const openAiStandin: StandinDefinition<typeof Settings> = {
  name: 'openai',
  settings: Settings,
  errorBody,
  async register(app, kit) {
    const stand: Stand = { ...kit, script: createScript(), streams: noStreams(), clients: new Set() };
    kit.onReset(() => {
      stand.script.clear();
      const { open, realtimeOpen, connections } = stand.streams;
      Object.assign(stand.streams, noStreams(), { open, realtimeOpen, connections });
    });
    await app.register(controlRoutes(stand), { prefix: '/__control' });
    app.addHook('onSend', (_request, reply, payload, done) => {
      void reply.headers(vendorHeaders());
      done(null, payload);
    });
    app.setNotFoundHandler((request, reply) =>
      reply.code(404).send(errorBody(404, `Invalid URL (${request.method} ${request.url})`)),
    );
    countConnections(app, stand.streams);
    await app.register(apiRoutes(stand), { prefix: '/v1' });
    const realtime = acceptRealtime(app.server, stand);
    app.addHook('preClose', (done) => {
      realtime.close();
      done();
    });
  },
};

function apiRoutes(stand: Stand) {
  return (app: FastifyInstance, _options: object, done: () => void): void => {
    app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
      const status = error.statusCode ?? 500;
      const { param, code } = error instanceof ApiError ? error : { param: null, code: null };
      return reply.code(status).send(errorBody(status, error.message, param, code));
    });
    app.addHook('onRequest', (request, _reply, next) => {
      assertKey(request.headers.authorization, stand.settings.apiKey);
      next();
    });
    modelRoutes(app, stand);
    chatRoutes(app, stand);
    responsesRoutes(app, stand);
    speechRoutes(app, stand);
    transcriptionRoutes(app, stand);
    done();
  };
}

/** Counts client sockets, but for those that only read the control endpoint. */
function countConnections(app: FastifyInstance, streams: StreamCount): void {
  const counted = new WeakSet<Socket>();
  app.addHook('onRequest', (request, _reply, next) => {
    const { socket } = request.raw;
    if (!request.url.startsWith('/__control') && !counted.has(socket)) {
      counted.add(socket);
      streams.connections += 1;
      socket.once('close', () => (streams.connections -= 1));
    }
    next();
  });
}
