import type { Stand } from '../stand.js';
import { wait } from '../stream.js';
import type { Outbox } from './outbox.js';

/** A committed piece of audio on its way to a transcript. */
export interface Turn {
  itemId: string;
  text: string;
  /** What has not been sent as a delta yet. */
  deltas: readonly string[];
  durationMs: number;
}

const eventName = (name: string) => `conversation.item.input_audio_transcription.${name}`;

/** The committed turns of one session and the events about them. */
export class Turns {
  private previousItem: string | null = null;
  /** With `swapCompletions`: the turn whose transcript waits for that of the next. */
  private held: Turn | undefined;

  constructor(
    private readonly stand: Stand,
    private readonly out: Outbox,
    private readonly closed: AbortSignal,
  ) {}

  delta(itemId: string, delta: string): void {
    this.out.send(eventName('delta'), { item_id: itemId, content_index: 0, delta });
  }

  /** Announces the turn at once and transcribes it after the usual time. */
  commit(turn: Turn, transcribed: boolean): void {
    const previous = { previous_item_id: this.previousItem };
    this.out.send('input_audio_buffer.committed', { item_id: turn.itemId, ...previous });
    const beta = this.stand.settings.realtimeGeneration === 'beta';
    const added = beta ? 'conversation.item.created' : 'conversation.item.added';
    this.out.send(added, { item: shown(turn.itemId, null), ...previous });
    this.previousItem = turn.itemId;
    if (transcribed) void this.transcribe(turn);
  }

  private async transcribe(turn: Turn): Promise<void> {
    try {
      await wait(this.stand.settings.transcript, this.closed);
    } catch {
      return; // The client has gone.
    }
    if (this.stand.settings.swapCompletions && !this.held) {
      this.held = turn;
      return;
    }
    this.complete(turn);
    if (this.held) this.complete(this.held);
    this.held = undefined;
  }

  private complete({ itemId, text, deltas, durationMs }: Turn): void {
    for (const delta of deltas) this.delta(itemId, delta);
    this.out.send(eventName('completed'), {
      item_id: itemId,
      content_index: 0,
      transcript: text,
      usage: { type: 'duration', seconds: durationMs / 1_000 },
    });
    if (this.stand.settings.realtimeGeneration === 'beta') return;
    this.out.send('conversation.item.done', { item: shown(itemId, text), previous_item_id: null });
  }
}

const shown = (id: string, transcript: string | null): object => ({
  id,
  object: 'realtime.item',
  type: 'message',
  status: 'completed',
  role: 'user',
  content: [{ type: 'input_audio', transcript }],
});
