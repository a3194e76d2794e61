/** The words of one utterance, which a server may tell in several items and in any order. */
import type { TranscriptionEvent } from './transcription-events.js';

type ItemEvent = Extract<TranscriptionEvent, { itemId: string }>;

interface Item {
  text: string;
  committed: boolean;
  /** The server found the end of speech by itself: its commit, not ours, closes the item. */
  stopped: boolean;
  /** Where it found it, in milliseconds of sound. */
  endMs: number | undefined;
  done: boolean;
  /** Code of the error, when the server could not transcribe it. */
  failed: string | undefined;
}

export class TranscriptItems {
  /** In the order in which the server first named them, which is that of speech. */
  private readonly items = new Map<string, Item>();
  private soFar = '';

  take(event: ItemEvent): void {
    const item = this.itemOf(event.itemId);
    if (event.kind === 'speech_stopped') {
      item.stopped = true;
      item.endMs = event.endMs;
    }
    if (event.kind === 'committed') item.committed = true;
    if (event.kind === 'failed') item.failed = event.code;
    if (event.kind === 'delta' && !item.done) item.text += event.delta;
    if (event.kind === 'completed') {
      item.text = event.transcript;
      item.done = true;
    }
    if (event.kind === 'delta' || event.kind === 'completed') this.soFar = joined([...this.items.values()]);
  }

  /** All words so far, those included that may still change. */
  get text(): string {
    return this.soFar;
  }

  /** The final words: those of items that were committed; of others we do not know whose they are. */
  get finalText(): string {
    return joined([...this.items.values()].filter(({ committed }) => committed));
  }

  /** Code of the error that cost us a committed item. */
  get failure(): string | undefined {
    return [...this.items.values()].find(({ committed, failed }) => committed && failed !== undefined)
      ?.failed;
  }

  /**
   * Up to where the server has heard all speech, in milliseconds of sound: the end it has found, when it has told of no
   * new beginning since; -Infinity when it has not.
   */
  get heardUntilMs(): number {
    const last = [...this.items.values()].at(-1);
    return last?.stopped === true ? (last.endMs ?? -Infinity) : -Infinity;
  }

  /** Whether an item has been committed that the server's own ears did not end: our commit has been answered. */
  get holdsOurs(): boolean {
    return [...this.items.values()].some(({ committed, stopped }) => committed && !stopped);
  }

  /** Whether every item that was or will be committed has its final words. */
  get complete(): boolean {
    return [...this.items.values()].every(({ committed, stopped, done }) => done || !(committed || stopped));
  }

  private itemOf(id: string): Item {
    const known = this.items.get(id);
    if (known) return known;
    const item: Item = {
      text: '',
      committed: false,
      stopped: false,
      endMs: undefined,
      done: false,
      failed: undefined,
    };
    this.items.set(id, item);
    return item;
  }
}

function joined(items: readonly Item[]): string {
  const texts = items.map(({ text }) => text.trim());
  return texts.filter((text) => text !== '').join(' ');
}
