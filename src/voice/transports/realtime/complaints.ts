/** Answers to what a client asks for in vain: an `error` event each, and the end of the line after too much nonsense. */
import { closeCodes } from '../../wire.js';
import type { GuardedSocket } from '../guarded-socket.js';
import type { Say } from './server-events.js';

/** A client with a bug gets this many chances; a hostile one no more. */
const MAX_NONSENSE = 20;

/** What no honest client sends; counted. */
const nonsense = {
  invalid_json: 'The message is not JSON. Send one JSON object per text message.',
  invalid_event: 'The message has no `type`. See the client events of the Realtime API.',
  unknown_event: 'This type of event is not known here. See the client events of the Realtime API.',
  invalid_value: 'The event has a field that is missing or of a wrong type.',
  binary_message: 'The message is binary. Send audio as base64 in input_audio_buffer.append.',
  invalid_audio: 'The audio is not base64. Send standard base64 with padding.',
  input_audio_too_fast:
    'More audio than time has passed, so this piece was left out. Send audio in real time.',
} as const;

/** What a client may well try and this call cannot do. */
const refusals = {
  input_audio_buffer_commit_empty: 'The caller is not speaking, so there is nothing to commit.',
  input_audio_buffer_clear_too_late: 'The caller is being heard already; what was said cannot be taken back.',
  item_not_found: 'There is no such item in this conversation.',
  item_exists: 'There is an item with this id already.',
  item_not_supported: 'Only messages of the user with `input_text` can be added.',
  item_insert_not_supported: 'Items can only be added at the end of the conversation.',
  item_delete_not_supported: 'What was said stays in the record of the call.',
  item_not_audio: 'Only part 0 of an item spoken by the agent can be truncated.',
  item_settled: 'What was heard of this item is in the record of the call already.',
  audio_end_out_of_range: 'The item has less audio than that.',
  response_cancel_not_active: 'The agent is not speaking.',
  conversation_already_has_active_response: 'The agent is speaking already.',
  response_not_due: 'The agent speaks when the caller has said something; nothing is waiting for an answer.',
  setting_not_supported:
    'What the agent says and with which voices and models is set by the firm. The rest was applied; session.updated shows what holds.',
  response_setting_not_supported:
    'What the agent says is set by the firm: the response comes as it would without these settings.',
  event_not_supported:
    'There is no output buffer over WebSocket: stop the agent with response.cancel, tell what was heard with conversation.item.truncate.',
} as const;

const failures = {
  busy: 'All lines are taken. Try again in a minute.',
  replayed_token:
    'The session token was already used by a call. Ask for a new one: POST /api/v1/voice/session.',
  internal: 'Something failed on this side; it has been logged. Try again.',
  too_many_errors: 'Too many wrong messages. Check the client against the Realtime API.',
  too_many_messages: 'Too many messages a second.',
} as const;

export type NonsenseCode = keyof typeof nonsense;
export type RefusalCode = keyof typeof refusals;

/** Where it went wrong: a path in the client's event, and that event's own id. */
export interface Where {
  param?: string | undefined;
  eventId?: string | undefined;
}

export interface Complaints {
  nonsense(code: NonsenseCode, where?: Where): void;
  refuse(code: RefusalCode, where?: Where): void;
  /** Something failed that is not the client's fault; the call goes on. */
  failed(code: string, message: string): void;
  /** The client may not go on. */
  final(code: keyof typeof failures, closeCode: number): void;
}

export function createComplaints(say: Say, line: Pick<GuardedSocket, 'close'>): Complaints {
  let count = 0;
  const tell = (type: string, code: string, message: string, { param, eventId }: Where = {}): void =>
    say({ type: 'error', error: { type, code, message, param: param ?? null, event_id: eventId ?? null } });
  const complaints: Complaints = {
    nonsense(code, where) {
      count += 1;
      tell('invalid_request_error', code, nonsense[code], where);
      if (count >= MAX_NONSENSE) complaints.final('too_many_errors', closeCodes.protocol);
    },
    refuse: (code, where) => tell('invalid_request_error', code, refusals[code], where),
    failed: (code, message) => tell('server_error', code, message),
    final(code, closeCode) {
      tell(code.startsWith('too_many') ? 'invalid_request_error' : 'server_error', code, failures[code]);
      line.close(closeCode, code);
    },
  };
  return complaints;
}
