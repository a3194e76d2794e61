/** One reply of the agent as a response of the Realtime API: one message item with one part. */
import type { RealtimeResponse, RealtimeResponseStatus } from 'openai/resources/realtime/realtime';
import { createEncoder, durationMs, type Encoder } from './audio-formats.js';
import type { AudioFormat } from './client-events.js';
import { type AgentItem, agentItem, type Conversation } from './conversation.js';
import type { PlaybackAccount } from './playback-account.js';
import type { Say } from './server-events.js';

export interface AgentResponseDeps {
  say: Say;
  conversation: Conversation;
  /** Text: no audio was asked for, or nobody can speak. */
  modality: 'audio' | 'text';
  format: AudioFormat;
}

/** No tokens are counted here and none are billed to the client. */
const NO_USAGE = {
  total_tokens: 0,
  input_tokens: 0,
  output_tokens: 0,
  input_token_details: { text_tokens: 0, audio_tokens: 0, cached_tokens: 0 },
  output_token_details: { text_tokens: 0, audio_tokens: 0 },
};

export type Outcome = 'completed' | 'turn_detected' | 'client_cancelled';

export class AgentResponse {
  readonly id: string;
  readonly item: AgentItem;
  /** What the client has played of it; kept from its first frame on. */
  account: PlaybackAccount | undefined;
  readonly #deps: AgentResponseDeps;
  readonly #encoder: Encoder | undefined;
  #bytes = 0;
  #text = '';
  #over = false;
  /** The turn is in the record: nothing can change what was heard of it. */
  settled = false;

  /** Announces the response. */
  constructor(deps: AgentResponseDeps) {
    this.#deps = deps;
    const { say, conversation, modality } = deps;
    this.id = conversation.id('resp');
    this.item = agentItem(conversation.id('item'));
    if (modality === 'audio') this.#encoder = createEncoder(deps.format);
    const previous_item_id = conversation.lastId;
    conversation.add(this.item);
    const item = { ...this.item };
    say({ type: 'response.created', response: this.#described('in_progress', []) });
    say({ type: 'response.output_item.added', response_id: this.id, output_index: 0, item });
    say({ type: 'conversation.item.added', previous_item_id, item });
    say({ type: 'response.content_part.added', ...this.#place, part: this.#part });
  }

  /** Audio sent so far. */
  get sentMs(): number {
    return durationMs(this.#deps.format, this.#bytes);
  }

  get hasAudio(): boolean {
    return this.#encoder !== undefined;
  }

  words(text: string): void {
    const delta = this.#text === '' ? text : ` ${text}`;
    this.#text += delta;
    const type = this.hasAudio ? 'response.output_audio_transcript.delta' : 'response.output_text.delta';
    this.#deps.say({ type, ...this.#place, delta });
  }

  frame(frame: Int16Array): void {
    if (this.#encoder && !this.#over) this.#send(this.#encoder.encode(frame));
  }

  /** The end, whichever way; later calls change nothing. */
  finish(outcome: Outcome): void {
    if (this.#over) return;
    if (this.#encoder && outcome === 'completed' && this.#bytes > 0) this.#send(this.#encoder.flush());
    this.#over = true;
    this.#encoder?.close();
    const { say, conversation } = this.#deps;
    const place = this.#place;
    if (this.hasAudio) {
      say({ type: 'response.output_audio.done', ...place });
      say({ type: 'response.output_audio_transcript.done', ...place, transcript: this.#text });
    } else say({ type: 'response.output_text.done', ...place, text: this.#text });
    say({ type: 'response.content_part.done', ...place, part: this.#part });
    this.item.status = outcome === 'completed' ? 'completed' : 'incomplete';
    this.heard(this.#text);
    const item = { ...this.item };
    say({ type: 'response.output_item.done', response_id: this.id, output_index: 0, item });
    say({ type: 'conversation.item.done', previous_item_id: conversation.before(item.id), item });
    const status = outcome === 'completed' ? 'completed' : 'cancelled';
    const details: RealtimeResponseStatus =
      outcome === 'completed' ? { type: 'completed' } : { type: 'cancelled', reason: outcome };
    const response = { ...this.#described(status, [item]), status_details: details, usage: NO_USAGE };
    say({ type: 'response.done', response });
  }

  /** Keeps of the item what the caller has heard. */
  heard(text: string): void {
    this.item.content = [
      this.hasAudio ? { type: 'output_audio', transcript: text } : { type: 'output_text', text },
    ];
  }

  /** Gives memory back when the line is gone. */
  dispose(): void {
    this.#over = true;
    this.#encoder?.close();
  }

  #send(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#bytes += bytes.length;
    const delta = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
    this.#deps.say({ type: 'response.output_audio.delta', ...this.#place, delta });
  }

  get #place() {
    return { response_id: this.id, item_id: this.item.id, output_index: 0, content_index: 0 };
  }

  get #part() {
    return this.hasAudio
      ? { type: 'audio' as const, transcript: this.#text }
      : { type: 'text' as const, text: this.#text };
  }

  #described(status: NonNullable<RealtimeResponse['status']>, output: AgentItem[]): RealtimeResponse {
    const { modality, format } = this.#deps;
    return {
      object: 'realtime.response',
      id: this.id,
      status,
      output,
      output_modalities: [modality],
      ...(modality === 'audio' && { audio: { output: { format } } }),
    };
  }
}
