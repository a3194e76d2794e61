import type { App } from '../app-types.js';
import { problemAnswers } from '../plugins/openapi.js';
import { ProblemError } from '../problems.js';
import { NATIVE_STREAM_PATH, REALTIME_PATH } from './sessions.js';
import { TWILIO_STREAM_PATH } from './twilio.js';

const sockets = {
  [NATIVE_STREAM_PATH]: {
    summary: 'A call of a browser or a program, as a WebSocket',
    description:
      'The first message is `{"type":"start","token":…}`. Then JSON messages, and binary frames of PCM16 mono at 16 kHz, 20 ms each, both ways.',
  },
  [REALTIME_PATH]: {
    summary: 'A call of a client of the OpenAI Realtime API, as a WebSocket',
    description:
      'The session token is the API key: a bearer token, or the subprotocol `openai-insecure-api-key.<token>`. GA event names; what cannot be set or done is answered by an `error` event.',
  },
  [TWILIO_STREAM_PATH]: {
    summary: 'A telephone call from Twilio Media Streams, as a WebSocket',
    description:
      'Twilio opens it as the `incoming` webhook tells it to, and signs the upgrade. Only where the account’s token is set.',
  },
};

/** Tells readers of the documentation, and whoever comes without an upgrade, that these addresses speak WebSocket. */
export function socketRoutes(app: App): void {
  for (const [path, words] of Object.entries(sockets))
    app.get(
      path,
      { schema: { tags: ['Calls'], security: [], ...words, response: problemAnswers } },
      (_request, reply) => {
        reply.header('upgrade', 'websocket');
        throw new ProblemError('upgrade_required');
      },
    );
}
