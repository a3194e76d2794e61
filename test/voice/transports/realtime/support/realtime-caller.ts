/** A caller with the official client of the Realtime API, unmodified; the session token is its API key. */
import OpenAI from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import type { RealtimeClientEvent, RealtimeServerEvent } from 'openai/resources/realtime/realtime';
import { bytesFromSamples } from '../../../../../src/voice/audio/pcm.js';
import { eventually } from '../../../../support/eventually.js';
import { said } from '../../support/tone-words.js';
import type { RealtimeEdge } from './realtime-edge.js';

type EventOf<T extends RealtimeServerEvent['type']> = Extract<RealtimeServerEvent, { type: T }>;
/** Makes the bytes of one format from samples, at its rate. */
export interface Voice {
  rateHz: number;
  encode: (samples: Int16Array) => Uint8Array;
}
const PCM: Voice = { rateHz: 24_000, encode: bytesFromSamples };

export class RealtimeCaller {
  readonly events: RealtimeServerEvent[] = [];
  readonly closed: Promise<number>;
  readonly #client: OpenAIRealtimeWS;

  private constructor({ port, ca }: RealtimeEdge, token: string) {
    const openai = new OpenAI({ apiKey: token, baseURL: `https://127.0.0.1:${port}/v1` });
    this.#client = new OpenAIRealtimeWS({ model: 'gpt-realtime-2.1', options: { ca } }, openai);
    this.#client.on('event', (event) => void this.events.push(event));
    this.#client.on('error', () => undefined); // it is among the events
    this.closed = new Promise((resolve) => this.socket.once('close', resolve));
  }

  /** Dials and waits until the session is there. */
  static async dial(edge: RealtimeEdge, token: string): Promise<RealtimeCaller> {
    const caller = new RealtimeCaller(edge, token);
    await caller.next('session.created');
    return caller;
  }

  get socket() {
    return this.#client.socket;
  }

  /** Sends an event; one that the client's types do not know goes as it is. */
  send(event: RealtimeClientEvent | { type: string; [key: string]: unknown }): void {
    this.#client.send(event as RealtimeClientEvent);
  }

  hangUp(): void {
    this.#client.close();
  }

  /** Sends a phrase and the silence behind it in 20 ms pieces, at once. */
  say(phrase: string, silenceMs: number, voice: Voice = PCM): void {
    this.speak(said(phrase, silenceMs, voice.rateHz), voice);
  }

  speak(samples: Int16Array, { rateHz, encode }: Voice = PCM): void {
    const bytes = encode(samples);
    const step = (bytes.length * rateHz * 0.02) / samples.length;
    for (let at = 0; at < bytes.length; at += step)
      this.send({
        type: 'input_audio_buffer.append',
        audio: Buffer.from(bytes.subarray(at, at + step)).toString('base64'),
      });
  }

  all<T extends RealtimeServerEvent['type']>(type: T): EventOf<T>[] {
    return this.events.filter((event): event is EventOf<T> => event.type === type);
  }

  /** Waits for an event of this type beyond the first `after`. */
  next<T extends RealtimeServerEvent['type']>(type: T, after = 0): Promise<EventOf<T>> {
    return eventually(() => this.all(type)[after], {
      withinMs: 5_000,
      everyMs: 2,
      what: `${type} number ${after + 1}`,
    });
  }

  /** The agent's audio in one item, as bytes. */
  audioOf(itemId: string): Buffer {
    const deltas = this.all('response.output_audio.delta').filter((event) => event.item_id === itemId);
    return Buffer.concat(deltas.map(({ delta }) => Buffer.from(delta, 'base64')));
  }

  /** Types of the events so far, a run of the same one told once. */
  get story(): string[] {
    return this.events.map((event) => event.type).filter((type, n, types) => type !== types[n - 1]);
  }
}
