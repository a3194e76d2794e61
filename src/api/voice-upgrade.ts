import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { correlationIdOf, CORRELATION_HEADER } from './plugins/correlation.js';
import { problemBody, type ProblemCode, problems } from './problems.js';

/** @param detail what is wrong with this very request. */
export type Refuse = (code: ProblemCode, detail: string) => void;

/** Who serves a path. */
export interface UpgradeTarget {
  /** Whether the request may open a socket at all; absent: the first message on the socket decides. */
  admits?(request: IncomingMessage): boolean;
  /** @param refuse answers with a problem instead and ends the socket. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, refuse: Refuse): void;
}

export interface UpgradeOptions {
  /** Paths that speak WebSocket, and who serves each. */
  transports: Readonly<Record<string, UpgradeTarget>>;
  /**
   * Origins (`https://console.example.com`) whose pages may open a call; undefined lets every one. Browsers always send
   * theirs; telephone providers and programs send none and are never refused for it. The session token is what admits.
   */
  origins?: readonly string[];
  /** Sockets at once, calls and those that have not said `start` yet. */
  maxSockets: number;
}

/**
 * Takes HTTP upgrades off `server`. Every refusal is an HTTP answer with a problem, never a silent hang-up.
 * @returns a function that cuts every socket still open.
 */
export function serveUpgrades(
  server: Server,
  { transports, origins, maxSockets }: UpgradeOptions,
): () => void {
  const open = new Set<Duplex>();
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // Until the handshake is through nobody else listens, and an unheard error ends the process.
    socket.on('error', () => socket.destroy());
    const path = request.url?.split('?', 1)[0] ?? '/';
    const transport = Object.hasOwn(transports, path) ? transports[path] : undefined;
    const { origin } = request.headers;
    if (!transport) refuse(request, socket, path, 'not_found');
    else if (origins && origin !== undefined && !origins.includes(origin))
      refuse(request, socket, path, 'forbidden');
    else if (transport.admits && !transport.admits(request)) refuse(request, socket, path, 'forbidden');
    else if (open.size >= maxSockets) refuse(request, socket, path, 'overloaded');
    else {
      open.add(socket);
      socket.once('close', () => open.delete(socket));
      transport.handleUpgrade(request, socket, head, (code, detail) =>
        refuse(request, socket, path, code, detail),
      );
    }
  });
  return () => {
    for (const socket of open) socket.destroy();
  };
}

function refuse(
  request: IncomingMessage,
  socket: Duplex,
  instance: string,
  code: ProblemCode,
  detail?: string,
): void {
  const correlationId = correlationIdOf(request);
  const body = JSON.stringify(problemBody(code, { instance, correlationId }, { detail }));
  const head = [
    `HTTP/1.1 ${problems[code].status} Refused`,
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `${CORRELATION_HEADER}: ${correlationId}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
