import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { loadResampler } from '../../audio/resampler.js';
import { type Claim, START_TIMEOUT_MS, type TransportDeps } from '../transport-deps.js';
import { createUpgrades } from '../upgrades.js';
import { handleRealtimeSocket } from './realtime-call.js';

/** 30 s of PCM16 at 24 kHz in base64. The API's own limit of 15 MiB would hold four minutes, which no caller records. */
const MAX_MESSAGE_BYTES = 2 * 1024 * 1024;
/** The subprotocol a browser asks for, and the one in which it hides its token (it cannot set headers). */
const PROTOCOL = 'realtime';
const TOKEN_PROTOCOL = 'openai-insecure-api-key.';

/** Why a handshake is refused, in HTTP: no valid token, no room, a failure of ours. */
export type UpgradeRefusal = 'unauthenticated' | 'overloaded' | 'internal';

/** Turns HTTP upgrades with a session token into calls. It opens no port of its own. */
export interface RealtimeTransport {
  /**
   * Checks the token and completes the WebSocket handshake.
   * @param refuse answers in HTTP and ends the socket; `detail` is for the reader.
   */
  handleUpgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    refuse: (why: UpgradeRefusal, detail: string) => void,
  ): void;
}

const NEW_TOKEN = 'Ask for a new one: POST /api/v1/voice/session.';
const refused: Record<Extract<Claim, { ok: false }>['why'], [UpgradeRefusal, string]> = {
  bad_token: ['unauthenticated', `The session token is missing, unknown or expired. ${NEW_TOKEN}`],
  replayed_token: ['unauthenticated', `The session token was already used by a call. ${NEW_TOKEN}`],
  busy: ['overloaded', 'All lines are taken.'],
};

/** Makes the transport once the resampler is loaded. */
export async function openRealtimeTransport(deps: TransportDeps): Promise<RealtimeTransport> {
  await loadResampler();
  const upgrade = createUpgrades(MAX_MESSAGE_BYTES, {
    handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
  });
  return {
    handleUpgrade(request, socket, head, refuse) {
      void claimInTime(deps, tokenOf(request)).then(
        (claim) => {
          if (socket.destroyed) return;
          if (!claim.ok) refuse(...refused[claim.why]);
          else
            upgrade(request, socket, head, (accepted) =>
              handleRealtimeSocket(accepted, deps, claim, modelOf(request)),
            );
        },
        (error: unknown) => {
          deps.call.logger.error({ err: error }, 'a call could not be started');
          refuse('internal', 'The session token could not be checked.');
        },
      );
    },
  };
}

/** The model a client names is echoed, no more. */
const modelOf = ({ url = '' }: IncomingMessage): string =>
  new URLSearchParams(url.split('?', 2)[1]).get('model')?.slice(0, 100) ?? 'hermes';

/** The token in the header, or in the list of subprotocols; '' when there is none. */
function tokenOf({ headers }: IncomingMessage): string {
  const bearer = /^Bearer (\S{1,500})$/i.exec(headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  return offered.find((name) => name.startsWith(TOKEN_PROTOCOL))?.slice(TOKEN_PROTOCOL.length) ?? '';
}

/** @throws Error when the claim takes too long. */
async function claimInTime({ claim, startTimeoutMs }: TransportDeps, token: string): Promise<Claim> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    const late = (): void => reject(new Error('a session token could not be checked in time'));
    timer = setTimeout(late, startTimeoutMs ?? START_TIMEOUT_MS);
  });
  try {
    return await Promise.race([claim(token), limit]);
  } finally {
    clearTimeout(timer);
  }
}
