import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { ApiError, assertKey, errorBody } from '../envelope.js';
import type { Stand } from '../stand.js';
import { appendedAudio, parseClientEvent } from './client-events.js';
import { Conversation } from './conversation.js';
import { parseConversationEvent } from './conversation-events.js';
import { meetFault, turnAway } from './door.js';
import { Outbox } from './outbox.js';
import { TranscriptionSession } from './session.js';
import { Turns } from './turns.js';

const PATH = '/v1/realtime';

/** `WS /v1/realtime?intent=transcription`: lets clients in, or turns them away as the vendor does. */
export function acceptRealtime(server: Server, stand: Stand): { close(): void } {
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });

  const receive = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://stand-in');
    const entry = stand.ledger.asked('WS', request.url ?? '/');
    const fault = stand.faults.take('GET', url.pathname);
    if (fault) entry.faultId = fault.id;
    const ended = fault && (await meetFault(fault.effect, socket));
    const refused = ended === undefined ? reasonToRefuse(request, url, stand) : undefined;
    if (refused) {
      const { statusCode, message, param, code } = refused;
      turnAway(socket, statusCode, errorBody(statusCode, message, param, code));
    }
    entry.status = ended ?? refused?.statusCode ?? 101;
    if (entry.status === 101) {
      sockets.handleUpgrade(request, socket, head, (client) => serve(client, url, stand));
    }
  };

  // Upgraded sockets no longer belong to the HTTP server, which would wait for them for ever when it closes.
  const upgraded = new Set<Duplex>();
  server.on('upgrade', (request, socket, head) => {
    upgraded.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => upgraded.delete(socket));
    void receive(request, socket, head);
  });
  return {
    close: () => {
      for (const socket of upgraded) socket.destroy();
      sockets.close();
    },
  };
}

function reasonToRefuse(request: IncomingMessage, url: URL, stand: Stand): ApiError | undefined {
  if (url.pathname !== PATH) return new ApiError(404, `Invalid URL (GET ${url.pathname})`);
  try {
    assertKey(request.headers.authorization, stand.settings.apiKey);
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  const named = url.searchParams.has('model');
  const transcription = url.searchParams.get('intent') === 'transcription';
  const needed = stand.settings.modelInUrl === 'required' || !transcription;
  if (named || !needed) return undefined;
  return new ApiError(400, 'You must provide a model parameter.', 'model', 'missing_required_parameter');
}

function serve(client: WebSocket, url: URL, stand: Stand): void {
  const closed = new AbortController();
  stand.streams.realtimeOpen += 1;
  stand.streams.realtimeOpened += 1;
  stand.clients.add(client);
  client.on('error', () => client.terminate());
  client.on('close', () => {
    stand.streams.realtimeOpen -= 1;
    stand.clients.delete(client);
    closed.abort();
  });
  const out = new Outbox(client);
  out.spoil(stand.script.takeStreamFault('realtime_greeting'));
  const model = url.searchParams.get('model') ?? undefined;
  const transcription = url.searchParams.get('intent') === 'transcription';
  if (model !== undefined && (!transcription || stand.settings.modelInUrl === 'conversation')) {
    converse(client, out, new Conversation(stand, out, model, closed.signal));
  } else {
    const turns = new Turns(stand, out, closed.signal);
    transcribe(client, out, new TranscriptionSession(stand, out, turns, model));
  }
}

const unknown = { code: 'invalid_event', message: 'Unknown or malformed event.' };

function transcribe(client: WebSocket, out: Outbox, session: TranscriptionSession): void {
  client.on('message', (data, isBinary) => {
    const message = data as Buffer;
    const audio = isBinary ? undefined : appendedAudio(message);
    if (audio) {
      session.hear(audio);
      return;
    }
    const event = isBinary ? undefined : parseClientEvent(message.toString());
    if (event) session.take(event);
    else out.refuse(unknown, undefined);
  });
  session.open();
}

function converse(client: WebSocket, out: Outbox, conversation: Conversation): void {
  client.on('message', (data, isBinary) => {
    const event = isBinary ? undefined : parseConversationEvent((data as Buffer).toString());
    if (event) conversation.take(event);
    else out.refuse(unknown, undefined);
  });
  conversation.open();
}
