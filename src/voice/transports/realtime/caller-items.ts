/** The caller's utterances as the Realtime API tells of them: when speech starts and stops, and what becomes of it. */
import { CallerWords } from './caller-words.js';
import type { Conversation } from './conversation.js';
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
  /** What became words, or is about to. */
  readonly words: CallerWords;

  constructor(deps: CallerItemsDeps) {
    this.#deps = deps;
    this.words = new CallerWords(deps);
  }

  /** An utterance has begun. */
  get speaking(): boolean {
    return this.#current !== undefined;
  }

  /** Something of the caller's is not yet understood. */
  get pending(): boolean {
    return this.speaking || this.words.pending;
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
    if (!current.dismissed) this.words.commit(item_id, (audio_end_ms - startMs) / 1_000);
  }

  unheard(why: 'dismissed' | 'empty' | 'failed'): void {
    if (why === 'empty') this.words.understood('');
    else if (why === 'failed') this.words.failed();
    else if (this.#current) this.#current.dismissed = true;
  }

  heard(text: string, input: 'speech' | 'typed'): void {
    if (input === 'speech') this.words.understood(text);
    else this.words.typed(text);
  }
}
