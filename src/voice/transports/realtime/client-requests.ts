/** What a client asks of the conversation: typed turns, what was heard, another response, the end of one. */
import type { CallSession } from '../../session/call-deps.js';
import type { AgentResponses } from './agent-responses.js';
import type { CallerItems } from './caller-items.js';
import type { ClientEvent, ItemCreate, Truncate } from './client-events.js';
import type { Complaints, RefusalCode } from './complaints.js';
import type { Conversation } from './conversation.js';
import type { RealtimeLink } from './realtime-link.js';
import type { Say } from './server-events.js';

export interface ClientRequestsDeps {
  say: Say;
  conversation: Conversation;
  caller: CallerItems;
  complaints: Complaints;
  responses: AgentResponses;
  link: RealtimeLink;
  session: CallSession;
}

type Request<T extends ClientEvent['type']> = Extract<ClientEvent, { type: T }>;
/** Everything but the session and the caller's audio. */
type ConversationEvent = Exclude<
  ClientEvent,
  { type: 'session.update' | `input_audio_buffer.${'append' | 'commit' | 'clear'}` }
>;

export class ClientRequests {
  readonly #deps: ClientRequestsDeps;

  constructor(deps: ClientRequestsDeps) {
    this.#deps = deps;
  }

  /** Does one, or tells why not. */
  take(event: ConversationEvent): void {
    if (event.type === 'conversation.item.create') this.#createItem(event);
    else if (event.type === 'conversation.item.truncate') this.#truncate(event);
    else if (event.type === 'conversation.item.retrieve') this.#retrieve(event);
    else if (event.type === 'conversation.item.delete') this.#delete(event);
    else if (event.type === 'response.create') this.#createResponse(event);
    else if (event.type === 'response.cancel') this.#cancelResponse(event);
    else this.#refuse('event_not_supported', event);
  }

  #createItem(event: ItemCreate): void {
    const { conversation, caller, session } = this.#deps;
    const { item, previous_item_id: after } = event;
    const id = item.id ?? conversation.id('item');
    const content = item.content ?? [];
    const text = content.map((part) => part.text ?? '').join(' ');
    const isTyped = item.type === 'message' && item.role === 'user' && text.trim() !== '';
    if (!isTyped || content.some((part) => part.type !== 'input_text'))
      this.#refuse('item_not_supported', event, 'item');
    else if (conversation.get(id) || caller.words.awaits(id)) this.#refuse('item_exists', event, 'item.id');
    else if (after && after !== (conversation.lastId ?? 'root'))
      this.#refuse('item_insert_not_supported', event, 'previous_item_id');
    else {
      caller.words.willType(id);
      session.typed(text);
    }
  }

  /** The client says how much of an item its caller has heard; it plays no more of it. */
  #truncate(event: Truncate): void {
    const { conversation, responses, link, say, session } = this.#deps;
    const { item_id, content_index, audio_end_ms } = event;
    const response = responses.ofItem(item_id);
    if (!conversation.get(item_id)) this.#refuse('item_not_found', event, 'item_id');
    else if (!response?.hasAudio || content_index !== 0) this.#refuse('item_not_audio', event);
    else if (audio_end_ms > Math.ceil(response.sentMs))
      this.#refuse('audio_end_out_of_range', event, 'audio_end_ms');
    else if (response.settled && audio_end_ms < Math.floor(response.sentMs))
      this.#refuse('item_settled', event, 'item_id');
    else {
      response.account?.told(audio_end_ms);
      if (response === responses.active) link.cancel(() => session.hush());
      say({ type: 'conversation.item.truncated', item_id, content_index, audio_end_ms });
    }
  }

  #retrieve(event: Request<'conversation.item.retrieve'>): void {
    const item = this.#deps.conversation.get(event.item_id);
    if (item) this.#deps.say({ type: 'conversation.item.retrieved', item });
    else this.#refuse('item_not_found', event, 'item_id');
  }

  #delete(event: Request<'conversation.item.delete'>): void {
    const exists = this.#deps.conversation.get(event.item_id) !== undefined;
    this.#refuse(exists ? 'item_delete_not_supported' : 'item_not_found', event, 'item_id');
  }

  #createResponse(event: Request<'response.create'>): void {
    const { active } = this.#deps.responses;
    const asked = Object.keys(event.response ?? {}).map((key) => `response.${key.slice(0, 64)}`);
    if (!this.#deps.link.request())
      this.#refuse(active ? 'conversation_already_has_active_response' : 'response_not_due', event);
    else if (asked.length > 0)
      this.#refuse('response_setting_not_supported', event, asked.slice(0, 20).join(', '));
  }

  #cancelResponse(event: Request<'response.cancel'>): void {
    const { link, responses, session } = this.#deps;
    const { active } = responses;
    const isMeant = active !== undefined && (event.response_id ?? active.id) === active.id;
    if (isMeant) link.cancel(() => session.hush());
    else this.#refuse('response_cancel_not_active', event);
  }

  #refuse(code: RefusalCode, event: ClientEvent, param?: string): void {
    this.#deps.complaints.refuse(code, { param, eventId: event.event_id });
  }
}
