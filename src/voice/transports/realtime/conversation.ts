/** The items of one conversation in order, as the Realtime API counts them. */
import type {
  RealtimeConversationItemAssistantMessage,
  RealtimeConversationItemUserMessage,
} from 'openai/resources/realtime/realtime';
import type { NewId } from './ids.js';

type Kept = { id: string; object: 'realtime.item' };
export type UserItem = RealtimeConversationItemUserMessage & Kept;
export type AgentItem = RealtimeConversationItemAssistantMessage & Kept;
export type Item = UserItem | AgentItem;

export class Conversation {
  readonly #items = new Map<string, Item>();
  readonly #before = new Map<string, string | null>();
  #lastId: string | null = null;

  constructor(readonly id: NewId) {}

  get lastId(): string | null {
    return this.#lastId;
  }

  /** Puts an item at the end. */
  add(item: Item): void {
    this.#items.set(item.id, item);
    this.#before.set(item.id, this.#lastId);
    this.#lastId = item.id;
  }

  get(id: string): Item | undefined {
    return this.#items.get(id);
  }

  /** The item before this one; null for the first. */
  before(id: string): string | null {
    return this.#before.get(id) ?? null;
  }
}

export const userItem = (id: string, content: UserItem['content']): UserItem => ({
  id,
  object: 'realtime.item',
  type: 'message',
  role: 'user',
  status: 'completed',
  content,
});

export const agentItem = (id: string): AgentItem => ({
  id,
  object: 'realtime.item',
  type: 'message',
  role: 'assistant',
  status: 'in_progress',
  content: [],
});
