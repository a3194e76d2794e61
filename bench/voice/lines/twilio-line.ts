/** A telephone call as Twilio carries it: webhook, signed upgrade, media in base64, marks echoed when played. */
import { createHmac } from 'node:crypto';
import WebSocket from 'ws';
import { demoFirm } from '../../../src/cli/up/parts/demo-firm.js';
import { FRAME_MS } from '../../../src/voice/ports.js';
import type { LoadOrder } from '../messages.js';
import type { CallerLine, LineEvents } from './caller-line.js';

/** What the site is started with (site.ts): the address under which Twilio would know the edge, and the account's token. */
export const twilioAccount = { publicUrl: 'https://bench.invalid', authToken: 'bench-twilio-token' };

const STREAM_PATH = '/api/v1/voice/twilio';
/** Nothing more of the agent for so long after the end of its audio: it has finished. The protocol does not tell. */
const DONE_AFTER_MS = 200;
const MARK_NAME = /"name":"([^"]+)"/;

const signed = (text: string): string =>
  createHmac('sha1', twilioAccount.authToken).update(text).digest('base64');

/** Places the call at the webhook and opens its stream. @throws Error when the edge refuses. */
export async function openTwilioLine(
  { api }: Pick<LoadOrder, 'api'>,
  events: LineEvents,
): Promise<CallerLine> {
  const incoming = `${STREAM_PATH}/incoming/${demoFirm.tenantId}`;
  const answer = await fetch(api + incoming, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': signed(twilioAccount.publicUrl + incoming),
    },
  });
  const token = /name="token" value="([^"]+)"/.exec(await answer.text())?.[1];
  if (token === undefined)
    throw new Error(`The telephone webhook answered ${answer.status} without a token.`);
  const socket = new WebSocket(api.replace(/^http/, 'ws') + STREAM_PATH, {
    perMessageDeflate: false,
    headers: { 'x-twilio-signature': signed(twilioAccount.publicUrl.replace(/^http/, 'ws') + STREAM_PATH) },
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  return new TwilioLine(socket, token, events);
}

class TwilioLine implements CallerLine {
  readonly closed: Promise<number>;
  readonly #socket: WebSocket;
  readonly #events: LineEvents;
  readonly #streamSid = `MZ${Math.random().toString(16).slice(2).padEnd(32, '0').slice(0, 32)}`;
  #sentFrames = 0;
  #playEndsAtMs = 0;
  #speaking = false;
  #marks: { name: string; dueMs: number }[] = [];

  constructor(socket: WebSocket, token: string, events: LineEvents) {
    this.#socket = socket;
    this.#events = events;
    this.closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => socket.terminate());
    socket.on('message', (data: Buffer) => this.#take(data));
    socket.send('{"event":"connected","protocol":"Call","version":"1.0.0"}');
    const mediaFormat = { encoding: 'audio/x-mulaw', sampleRate: 8_000, channels: 1 };
    const start = {
      streamSid: this.#streamSid,
      tracks: ['inbound'],
      mediaFormat,
      customParameters: { token },
    };
    this.#say(`"event":"start","sequenceNumber":"1","start":${JSON.stringify(start)}`);
  }

  sendFrame({ mulaw }: { mulaw: string }): void {
    const atMs = this.#sentFrames * FRAME_MS;
    this.#sentFrames += 1;
    this.#say(
      `"event":"media","sequenceNumber":"${this.#sentFrames + 1}","media":{"track":"inbound","chunk":"${this.#sentFrames}","timestamp":"${atMs}","payload":"${mulaw}"}`,
    );
  }

  tick(nowMs: number): void {
    while (this.#marks[0] && this.#marks[0].dueMs <= nowMs) this.#echo();
    if (!this.#speaking || nowMs < this.#playEndsAtMs + DONE_AFTER_MS) return;
    this.#speaking = false;
    this.#events.onAgentDone(null);
  }

  hangUp(): void {
    this.#say('"event":"stop","stop":{"accountSid":"AC0","callSid":"CA0"}');
  }

  /** Only the kind of message is looked at: audio is counted, not decoded. `{"event":"` is ten bytes long. */
  #take(data: Buffer): void {
    const nowMs = performance.now();
    if (data[10] === 0x63) {
      this.#events.onClear();
      this.#playEndsAtMs = nowMs;
      while (this.#marks.length > 0) this.#echo();
    } else if (data[11] === 0x65) {
      this.#events.onAudio();
      this.#speaking = true;
      this.#playEndsAtMs = Math.max(this.#playEndsAtMs, nowMs) + FRAME_MS;
    } else {
      const name = MARK_NAME.exec(data.toString('latin1'))?.[1];
      if (name !== undefined) this.#marks.push({ name, dueMs: this.#playEndsAtMs });
    }
  }

  #echo(): void {
    const mark = this.#marks.shift();
    if (mark) this.#say(`"event":"mark","mark":{"name":"${mark.name}"}`);
  }

  #say(fields: string): void {
    if (this.#socket.readyState === WebSocket.OPEN)
      this.#socket.send(`{${fields},"streamSid":"${this.#streamSid}"}`);
  }
}
