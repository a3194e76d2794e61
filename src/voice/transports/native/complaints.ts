/** Answers to what a client does wrong: an error frame each, and the end of the line after too many. */
import { closeCodes, type ErrorCode } from '../../wire.js';
import type { SocketLink } from './socket-link.js';

/** A client with a bug gets this many chances; a hostile one no more. */
const MAX_ERRORS = 20;

/** What is wrong and what the client can do about it. */
const explanations = {
  bad_json: ['The message is not JSON.', 'Send one JSON object per text message.'],
  bad_message: [
    'The message is not part of this protocol.',
    'See the message list in the API documentation.',
  ],
  bad_frame: ['The audio frame is not usable.', 'Send 640 bytes of PCM16 mono 16 kHz every 20 ms.'],
  not_started: ['The call has not started.', 'Send {"type":"start","token":"…"} first.'],
  already_started: ['The call has already started.', 'Open another socket for another call.'],
  bad_token: ['The token is unknown or expired.', 'Ask for a new one: POST /api/v1/voice/session.'],
  replayed_token: ['The token was already used by a call.', 'Ask for a new one: POST /api/v1/voice/session.'],
  start_timeout: ['No start message came in time.', 'Send the start message right after connecting.'],
  too_many_errors: ['Too many wrong messages.', 'Check the client against the API documentation.'],
  busy: ['All lines are taken.', 'Try again in a minute.'],
  internal: ['Something failed on this side.', 'Try again; the failure has been logged.'],
} as const satisfies Partial<Record<ErrorCode, readonly [message: string, action: string]>>;

export type ComplaintCode = keyof typeof explanations;

export interface Complaints {
  /** The client may go on. */
  about(code: ComplaintCode): void;
  /** The client may not go on. */
  final(code: ComplaintCode, closeCode: number): void;
}

export function createComplaints(link: SocketLink): Complaints {
  let count = 0;
  const tell = (code: ComplaintCode): void => {
    const [message, action] = explanations[code];
    link.say({ type: 'error', code, message, action });
  };
  const complaints: Complaints = {
    about(code) {
      count += 1;
      tell(code);
      if (count >= MAX_ERRORS) complaints.final('too_many_errors', closeCodes.protocol);
    },
    final(code, closeCode) {
      tell(code);
      link.close(closeCode, code);
    },
  };
  return complaints;
}
