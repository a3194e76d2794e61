/** What the caller says and types as items of the Realtime API, from the audio's end to the words. */
import { type Conversation, type UserItem, userItem } from './conversation.js';
import type { Say } from './server-events.js';

export interface CallerWordsDeps {
  say: Say;
  conversation: Conversation;
}

export class CallerWords {
  readonly #deps: CallerWordsDeps;
  /** Committed, but not yet understood; results come in this order. */
  readonly #committed: { itemId: string; seconds: number }[] = [];
  /** Ids of typed turns on their way through the call. */
  readonly #typed: string[] = [];

  constructor(deps: CallerWordsDeps) {
    this.#deps = deps;
  }

  /** Something is not yet understood. */
  get pending(): boolean {
    return this.#committed.length > 0 || this.#typed.length > 0;
  }

  /** An utterance is over; its words are on their way. @param seconds length of its audio. */
  commit(item_id: string, seconds: number): void {
    const { say, conversation } = this.#deps;
    const item = userItem(item_id, [{ type: 'input_audio' }]);
    conversation.add(item);
    const previous_item_id = conversation.before(item_id);
    say({ type: 'input_audio_buffer.committed', item_id, previous_item_id });
    say({ type: 'conversation.item.added', previous_item_id, item });
    this.#committed.push({ itemId: item_id, seconds });
  }

  /** The words of the next committed utterance. */
  understood(transcript: string): void {
    const done = this.#committed.shift();
    if (done) {
      const { itemId: item_id, seconds } = done;
      const usage = { type: 'duration' as const, seconds };
      const type = 'conversation.item.input_audio_transcription.completed';
      this.#deps.say({ type, item_id, content_index: 0, transcript, usage });
      this.#close(item_id, transcript);
    } else if (transcript !== '') {
      // It was begun on a line that broke, so its audio was another session's; the words are this one's.
      this.#add(userItem(this.#deps.conversation.id('item'), [{ type: 'input_audio', transcript }]));
    }
  }

  /** The next committed utterance has no words: the recogniser failed. */
  failed(): void {
    const done = this.#committed.shift();
    if (!done) return;
    this.#deps.say({
      type: 'conversation.item.input_audio_transcription.failed',
      item_id: done.itemId,
      content_index: 0,
      error: { type: 'server_error', code: 'provider_failed', message: 'The words could not be recognised.' },
    });
    this.#close(done.itemId, '');
  }

  /** A turn was typed; its item appears when the call has taken it. */
  willType(itemId: string): void {
    this.#typed.push(itemId);
  }

  /** Whether this id is on its way to become an item. */
  awaits(itemId: string): boolean {
    return this.#typed.includes(itemId);
  }

  /** The call has taken a typed turn. */
  typed(text: string): void {
    const id = this.#typed.shift() ?? this.#deps.conversation.id('item');
    this.#add(userItem(id, [{ type: 'input_text', text }]));
  }

  /** Adds an item that is complete. */
  #add(item: UserItem): void {
    const { say, conversation } = this.#deps;
    conversation.add(item);
    const previous_item_id = conversation.before(item.id);
    say({ type: 'conversation.item.added', previous_item_id, item });
    say({ type: 'conversation.item.done', previous_item_id, item });
  }

  #close(itemId: string, transcript: string): void {
    const { say, conversation } = this.#deps;
    const item = conversation.get(itemId);
    if (item?.role !== 'user') return;
    item.content = [{ type: 'input_audio', transcript }];
    say({ type: 'conversation.item.done', previous_item_id: conversation.before(itemId), item });
  }
}
