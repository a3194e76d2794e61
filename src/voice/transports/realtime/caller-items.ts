/** The caller's utterances and typed turns as items of the Realtime API. */
import { type Conversation, userItem } from './conversation.js';
import type { Say } from './server-events.js';

interface Utterance {
  itemId: string;
  startMs: number;
  /** The client knows that somebody speaks. */
  told: boolean;
  dismissed: boolean;
}

export interface CallerItemsDeps {
  say: Say;
  conversation: Conversation;
  /** Audio taken from the client so far, in milliseconds. */
  inputMs: () => number;
  /** How far before its detection an utterance begins. */
  leadMs: () => number;
}

export class CallerItems {
  readonly #deps: CallerItemsDeps;
  #current: Utterance | undefined;
  /** Committed, but not yet understood; results come in this order. */
  readonly #committed: { itemId: string; seconds: number }[] = [];
  /** Ids of typed turns on their way through the call. */
  readonly #typed: string[] = [];

  constructor(deps: CallerItemsDeps) {
    this.#deps = deps;
  }

  /** An utterance has begun. */
  get speaking(): boolean {
    return this.#current !== undefined;
  }

  /** Something of the caller's is not yet understood. */
  get pending(): boolean {
    return this.speaking || this.#committed.length > 0 || this.#typed.length > 0;
  }

  /**
   * Speech begins. Clients stop the agent's sound when they are told, so while the agent speaks they are not told before
   * it is certain that the caller interrupts: an "mm-hm" stops nobody.
   */
  started(agentSpeaks: boolean): void {
    const { conversation, inputMs, leadMs } = this.#deps;
    const startMs = Math.max(0, inputMs() - leadMs());
    this.#current = { itemId: conversation.id('item'), startMs, told: false, dismissed: false };
    if (!agentSpeaks) this.interrupts();
  }

  /** It is certain that the caller speaks. */
  interrupts(): void {
    const current = this.#current;
    if (!current || current.told) return;
    current.told = true;
    const { itemId: item_id, startMs: audio_start_ms } = current;
    this.#deps.say({ type: 'input_audio_buffer.speech_started', item_id, audio_start_ms });
  }

  stopped(): void {
    const current = this.#current;
    if (!current) return;
    if (!current.dismissed) this.interrupts();
    this.#current = undefined;
    if (!current.told) return;
    const { say, inputMs } = this.#deps;
    const { itemId: item_id, startMs } = current;
    const audio_end_ms = inputMs();
    say({ type: 'input_audio_buffer.speech_stopped', item_id, audio_end_ms });
    if (!current.dismissed) this.#commit(item_id, (audio_end_ms - startMs) / 1_000);
  }

  unheard(why: 'dismissed' | 'empty' | 'failed'): void {
    if (why === 'empty') this.#understood('');
    else if (why === 'failed') this.#failed();
    else if (this.#current) this.#current.dismissed = true;
  }

  heard(text: string, input: 'speech' | 'typed'): void {
    if (input === 'speech') this.#understood(text);
    else this.#typedTurn(text);
  }

  /** A turn was typed; its item appears when the call has taken it. */
  willType(itemId: string): void {
    this.#typed.push(itemId);
  }

  /** Whether this id is on its way to become an item. */
  awaits(itemId: string): boolean {
    return this.#typed.includes(itemId);
  }

  #typedTurn(text: string): void {
    const { say, conversation } = this.#deps;
    const item = userItem(this.#typed.shift() ?? conversation.id('item'), [{ type: 'input_text', text }]);
    conversation.add(item);
    const previous_item_id = conversation.before(item.id);
    say({ type: 'conversation.item.added', previous_item_id, item });
    say({ type: 'conversation.item.done', previous_item_id, item });
  }

  #commit(item_id: string, seconds: number): void {
    const { say, conversation } = this.#deps;
    const item = userItem(item_id, [{ type: 'input_audio' }]);
    conversation.add(item);
    const previous_item_id = conversation.before(item_id);
    say({ type: 'input_audio_buffer.committed', item_id, previous_item_id });
    say({ type: 'conversation.item.added', previous_item_id, item });
    this.#committed.push({ itemId: item_id, seconds });
  }

  #understood(transcript: string): void {
    const done = this.#committed.shift();
    if (!done) return;
    const { itemId: item_id, seconds } = done;
    this.#deps.say({
      type: 'conversation.item.input_audio_transcription.completed',
      item_id,
      content_index: 0,
      transcript,
      usage: { type: 'duration', seconds },
    });
    this.#close(item_id, transcript);
  }

  #failed(): void {
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

  #close(itemId: string, transcript: string): void {
    const { say, conversation } = this.#deps;
    const item = conversation.get(itemId);
    if (item?.role !== 'user') return;
    item.content = [{ type: 'input_audio', transcript }];
    say({ type: 'conversation.item.done', previous_item_id: conversation.before(itemId), item });
  }
}
