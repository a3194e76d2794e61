/**
 * A caller on a Twilio media stream, as Twilio speaks it: numbers as strings, mu-law in base64, packets that get lost
 * and overtake each other, agent audio played in real time behind a jitter buffer, marks echoed when played or cleared.
 */
import WebSocket from 'ws';
import { decodeMulaw, encodeMulaw } from '../../../../../src/voice/audio/mulaw.js';
import { concatSamples } from '../../../../../src/voice/audio/pcm.js';
import { eventually } from '../../../../support/eventually.js';

const PACKET = 160;
const STREAM_SID = 'MZ0123456789abcdef0123456789abcdef';

export interface NetworkWeather {
  /** Every n-th packet is lost; 20 is 5 %. */
  loseEvery?: number;
  /** Every n-th packet arrives after its successor. */
  swapEvery?: number;
}

export interface PhoneOptions {
  /** Audio waits this long before it is played. */
  jitterMs?: number;
  headers?: Record<string, string>;
  /** A far end that says nothing of what it plays. */
  mute?: boolean;
}

interface Packet {
  timestampMs: number;
  payload: Buffer;
}

export class TwilioPhone {
  readonly socket: WebSocket;
  readonly closed: Promise<number>;
  readonly marks: string[] = [];
  clears = 0;
  /** Milliseconds of agent audio that have sounded, up to the last mark echoed. */
  playedMs = 0;
  readonly #jitterMs: number;
  readonly #mute: boolean;
  readonly #audio: Int16Array[] = [];
  #pending: { name: string; lengthMs: number; timer: NodeJS.Timeout }[] = [];
  #sinceMarkMs = 0;
  #playEndsAtMs = 0;
  #streamMs = 0;
  #chunk = 0;
  #sequence = 0;

  constructor(url: string, { jitterMs = 0, headers = {}, mute = false }: PhoneOptions = {}) {
    this.#jitterMs = jitterMs;
    this.#mute = mute;
    this.socket = new WebSocket(url, { perMessageDeflate: false, headers });
    this.socket.on('error', () => undefined);
    this.socket.on('message', (data: Buffer) => this.#take(JSON.parse(data.toString()) as never));
    this.closed = new Promise((resolve) =>
      this.socket.once('close', (code) => {
        for (const { timer } of this.#pending) clearTimeout(timer);
        resolve(code);
      }),
    );
  }

  /** Everything the agent sent, at 8 kHz. */
  get agentAudio(): Int16Array {
    return concatSamples(this.#audio);
  }

  async start(token: string, change: object = {}): Promise<void> {
    if (this.socket.readyState !== WebSocket.OPEN)
      await new Promise((resolve) => this.socket.once('open', resolve));
    this.send({ event: 'connected', protocol: 'Call', version: '1.0.0' });
    this.#say('start', {
      start: {
        accountSid: 'AC0',
        callSid: 'CA0',
        streamSid: STREAM_SID,
        tracks: ['inbound'],
        mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8_000, channels: 1 },
        customParameters: { token },
        ...change,
      },
    });
  }

  /** Sends audio at once: its time stamps pass, the clock does not. Zero samples at the end are silence as sent. */
  speak(samples: Int16Array, { loseEvery = Infinity, swapEvery = Infinity }: NetworkWeather = {}): void {
    const packets: Packet[] = [];
    for (let at = 0; at < samples.length; at += PACKET) {
      packets.push({ timestampMs: this.#streamMs, payload: encodeMulaw(samples.subarray(at, at + PACKET)) });
      this.#streamMs += 20;
    }
    for (let n = swapEvery; n < packets.length; n += swapEvery)
      packets.splice(n - 1, 2, packets[n]!, packets[n - 1]!);
    packets.forEach((packet, n) => {
      if ((n + 1) % loseEvery !== 0) this.packet(packet);
    });
  }

  /** The line sends nothing for a while, as carriers do in silence. */
  skip(ms: number): void {
    this.#streamMs += ms;
  }

  packet({ timestampMs, payload }: Packet): void {
    this.#chunk += 1;
    this.#say('media', {
      media: {
        track: 'inbound',
        chunk: String(this.#chunk),
        timestamp: String(timestampMs),
        payload: payload.toString('base64'),
      },
    });
  }

  press(...keys: string[]): void {
    for (const digit of keys) this.#say('dtmf', { dtmf: { track: 'inbound_track', digit } });
  }

  stop(): void {
    this.#say('stop', { stop: { accountSid: 'AC0', callSid: 'CA0' } });
  }

  send(message: unknown): void {
    if (this.socket.readyState === WebSocket.OPEN)
      this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** Waits until the agent has been quiet: all it sent has been played. */
  async hearsOut(afterMarks: number): Promise<void> {
    await eventually(() => this.marks.length > afterMarks && this.#pending.length === 0, {
      withinMs: 8_000,
      everyMs: 10,
      what: 'the agent has been heard out',
    });
  }

  #say(event: string, body: object): void {
    this.#sequence += 1;
    this.send({ event, sequenceNumber: String(this.#sequence), streamSid: STREAM_SID, ...body });
  }

  #take(message: {
    event: string;
    streamSid: string;
    media?: { payload: string };
    mark?: { name: string };
  }): void {
    if (message.streamSid !== STREAM_SID) throw new Error('a message for another stream');
    if (message.media) this.#play(Buffer.from(message.media.payload, 'base64'));
    else if (message.mark) this.#mark(message.mark.name);
    else this.#clear();
  }

  #play(mulaw: Buffer): void {
    const lengthMs = mulaw.length / 8;
    this.#audio.push(decodeMulaw(mulaw));
    this.#playEndsAtMs = Math.max(this.#playEndsAtMs, performance.now() + this.#jitterMs) + lengthMs;
    this.#sinceMarkMs += lengthMs;
  }

  #mark(name: string): void {
    this.marks.push(name);
    const lengthMs = this.#sinceMarkMs;
    this.#sinceMarkMs = 0;
    const echo = (): void => {
      this.#pending = this.#pending.filter((mark) => mark.name !== name);
      this.playedMs += lengthMs;
      this.#echo(name);
    };
    const timer = setTimeout(echo, Math.max(0, this.#playEndsAtMs - performance.now()));
    this.#pending.push({ name, lengthMs, timer });
  }

  #clear(): void {
    this.clears += 1;
    this.#playEndsAtMs = 0;
    const dropped = this.#pending;
    this.#pending = [];
    for (const { name, timer } of dropped) {
      clearTimeout(timer);
      this.#echo(name);
    }
  }

  #echo(name: string): void {
    if (!this.#mute) this.#say('mark', { mark: { name } });
  }
}
