import type { FastifyInstance } from 'fastify';
import { ApiError } from './envelope.js';
import type { Stand } from './stand.js';

/** What a model can be asked for. Live transcription gives words while audio arrives and takes no server VAD. */
export type Ability = 'chat' | 'speech' | 'transcription' | 'live_transcription' | 'conversation';

interface Model {
  id: string;
  ability: Ability;
  /** YYYY-MM-DD; null while none is announced. Dates as published in November 2026. */
  shutdownDate: string | null;
}

const model = (id: string, ability: Ability, shutdownDate: string | null = null): Model => ({
  id,
  ability,
  shutdownDate,
});

const models: readonly Model[] = [
  model('gpt-6-luna', 'chat'),
  model('gpt-6-sol', 'chat'),
  model('gpt-5.6-luna', 'chat'),
  model('gpt-4o-mini', 'chat', '2027-01-14'),
  model('gpt-4o-mini-tts', 'speech', '2027-01-06'),
  model('tts-1', 'speech', '2027-01-06'),
  model('gpt-live-transcribe', 'live_transcription'),
  model('gpt-realtime-whisper', 'live_transcription'),
  model('gpt-transcribe', 'transcription'),
  model('gpt-4o-transcribe', 'transcription', '2027-02-26'),
  model('gpt-4o-mini-transcribe', 'transcription', '2027-02-26'),
  model('whisper-1', 'transcription', '2027-02-26'),
  model('gpt-realtime-2.1-mini', 'conversation'),
];

/** @returns undefined when there is no such model. */
export const abilityOf = (id: string): Ability | undefined =>
  models.find((known) => known.id === id)?.ability;

/**
 * Checks that a route's model exists and can do what the route does.
 * @throws ApiError 404 or 400.
 */
export function assertModel(id: string, ...abilities: Ability[]): void {
  const ability = abilityOf(id);
  if (ability === undefined) {
    const message = `The model \`${id}\` does not exist or you do not have access to it.`;
    throw new ApiError(404, message, null, 'model_not_found');
  }
  if (!abilities.includes(ability)) {
    throw new ApiError(400, `The model \`${id}\` is not supported by this endpoint.`, 'model');
  }
}

export function modelRoutes(app: FastifyInstance, stand: Stand): void {
  const shown = ({ id, shutdownDate }: Model) => ({
    id,
    object: 'model',
    created: 1_780_000_000,
    owned_by: 'system',
    shutdown_date: shutdownDate,
  });
  app.get('/models', () => stand.settings.modelList ?? { object: 'list', data: models.map(shown) });
  app.get<{ Params: { id: string } }>('/models/:id', (request) => {
    const found = models.find(({ id }) => id === request.params.id);
    if (found) return shown(found);
    throw new ApiError(404, `The model '${request.params.id}' does not exist`, 'model', 'model_not_found');
  });
}
