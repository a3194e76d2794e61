import { openLine } from '../../../src/cli/caller/line.js';
import { createOperatorApi } from '../../../src/cli/operator/api.js';
import type { LoadOrder } from '../messages.js';
import type { CallerLine, LineEvents } from './caller-line.js';

/** Asks for a session and takes it up. @throws what the API says when it refuses. */
export async function openNativeLine(
  { api, token }: Pick<LoadOrder, 'api' | 'token'>,
  events: LineEvents,
): Promise<CallerLine> {
  const session = await createOperatorApi(api, token).startSession();
  const line = await openLine(
    // The site says that it is reached under another name (lines/twilio-line.ts).
    api.replace(/^http/, 'ws') + new URL(session.urls.native).pathname,
    (message) => {
      if (message.type === 'clear') events.onClear();
      if (message.type === 'reply_done')
        events.onAgentDone({ timing: message.timing, speculation: message.speculation?.outcome ?? null });
    },
    () => events.onAudio(),
  );
  line.send({ type: 'start', token: session.token, input: 'audio', output: 'audio' });
  return {
    sendFrame: ({ pcm }) => line.sendFrame(pcm),
    tick: () => undefined,
    hangUp: () => line.send({ type: 'end' }),
    closed: line.closed,
  };
}
