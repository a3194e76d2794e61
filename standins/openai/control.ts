import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { controlOf, type Control } from '../kit/control.js';
import { ScriptedCompletion, StreamFault } from './script.js';
import type { Stand } from './stand.js';
import type { StreamCount } from './stream-count.js';

const Completions = z.strictObject({ texts: z.array(ScriptedCompletion) });
const Transcripts = z.strictObject({ texts: z.array(z.string()) });

/** The control calls that only this stand-in has, next to the kit's own. */
export function controlRoutes(stand: Stand) {
  return (app: FastifyInstance, _options: object, done: () => void): void => {
    app.setErrorHandler((error, _request, reply) => {
      const message = error instanceof z.ZodError ? z.prettifyError(error) : 'unreadable request';
      return reply.code(400).send({ error: message });
    });
    app.post('/completions', (request, reply) => {
      stand.script.addCompletions(Completions.parse(request.body).texts);
      return reply.code(204).send();
    });
    app.post('/transcripts', (request, reply) => {
      stand.script.addTranscripts(Transcripts.parse(request.body).texts);
      return reply.code(204).send();
    });
    app.post('/stream-faults', (request, reply) => {
      stand.script.addStreamFault(StreamFault.parse(request.body));
      return reply.code(204).send();
    });
    app.post('/streams', () => stand.streams);
    app.post('/hang-up', (_request, reply) => {
      for (const client of stand.clients) client.terminate();
      return reply.code(204).send();
    });
    done();
  };
}

/** The control endpoint of a running OpenAI stand-in, typed. */
export interface OpenAiControl extends Control {
  /** Queues answers of the chat route. */
  completions(...texts: z.input<typeof ScriptedCompletion>[]): Promise<void>;
  /** Queues transcripts of audio that is not tone-coded. */
  transcripts(...texts: string[]): Promise<void>;
  /** Orders a fault within a stream; by default it hits one. */
  streamFault(fault: z.input<typeof StreamFault>): Promise<void>;
  streams(): Promise<StreamCount>;
  /** Cuts every realtime socket that is open, those in wait included. */
  hangUp(): Promise<void>;
}

/** @param url origin of the stand-in. Rejects as `controlOf` does. */
export function openAiControlOf(url: string): OpenAiControl {
  const control = controlOf(url);
  const order = async (path: string, body: unknown): Promise<void> => {
    await control.post(path, body);
  };
  return {
    ...control,
    completions: (...texts) => order('completions', { texts }),
    transcripts: (...texts) => order('transcripts', { texts }),
    streamFault: (fault) => order('stream-faults', fault),
    hangUp: () => order('hang-up', {}),
    streams: async () => (await control.post('streams')) as StreamCount,
  };
}
