import { expect } from '@jest/globals';
import { openAiControlOf, type OpenAiControl } from '../../../standins/openai/control.js';
import { openAiStandin } from '../../../standins/openai/standin.js';
import { startStandin } from '../../../standins/kit/standin.js';
import type { StreamCount } from '../../../standins/openai/stream-count.js';
import { eventually } from '../../support/eventually.js';

export const apiKey = 'sk-standin';

export interface RunningOpenAi {
  /** With `/v1`, as providers want it. */
  baseUrl: string;
  /** Origin for sockets. */
  wsUrl: string;
  control: OpenAiControl;
  /** A request with the right key; a plain object is sent as JSON. */
  call(path: string, body?: object | FormData, init?: RequestInit): Promise<Response>;
  /** Waits until the stand-in counts its streams so: how a test proves that an abort has arrived. */
  streamsBecome(expected: Partial<StreamCount>): Promise<void>;
  /** Back to the first state, once the streams of earlier tests have ended. */
  rest(): Promise<void>;
  close(): Promise<void>;
}

/** Starts the stand-in on a free port. */
export async function startOpenAi(): Promise<RunningOpenAi> {
  const standin = await startStandin(openAiStandin, { port: 0 });
  const { url } = standin;
  const baseUrl = `${url}/v1`;
  const control = openAiControlOf(url);
  const streamsBecome = async (expected: Partial<StreamCount>) => {
    const probe = async () => {
      expect(await control.streams()).toMatchObject(expected);
      return true;
    };
    await eventually(probe, { withinMs: 2_000, what: `streams ${JSON.stringify(expected)}` });
  };
  return {
    baseUrl,
    wsUrl: url.replace('http:', 'ws:'),
    control,
    close: () => standin.close(),
    streamsBecome,
    async rest() {
      await streamsBecome({ open: 0, realtimeOpen: 0 });
      await control.reset();
    },
    call(path, body, init) {
      const json = body !== undefined && !(body instanceof FormData);
      return fetch(`${baseUrl}${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        ...(body === undefined ? {} : { body: json ? JSON.stringify(body) : body }),
        ...init,
        headers: {
          authorization: `Bearer ${apiKey}`,
          ...(json ? { 'content-type': 'application/json' } : {}),
          ...(init?.headers as Record<string, string> | undefined),
        },
      });
    },
  };
}

/** The payloads of a finished event stream; `[DONE]` stays a string. */
export function eventsIn(stream: string): unknown[] {
  return stream
    .split('\n\n')
    .filter((event) => event.startsWith('data: '))
    .map((event) => event.slice('data: '.length))
    .map((data): unknown => (data === '[DONE]' ? data : JSON.parse(data)));
}
