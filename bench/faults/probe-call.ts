/** One call under a fault: a caller who speaks some turns, and what came back for each of them. */
import { createOperatorApi } from '../../src/cli/operator/api.js';
import { openLine, type Line } from '../../src/cli/caller/line.js';
import { FRAME_BYTES, FRAME_MS } from '../../src/voice/ports.js';
import { sparePhrases } from '../../src/voice/session/phrases.js';
import type { ServerMessage } from '../../src/voice/wire.js';
import { Heard, type Passage } from './heard.js';

/** The server's voice speaks in tones, which can be read; the local one cannot. */
export type Voice = 'server' | 'local' | 'both' | 'none';

/** What became of one turn. Times in milliseconds after the caller's last word; null when it never came. */
export interface TurnResult {
  firstSoundMs: number | null;
  /** Longest time without a sound, until the last word of the answer. */
  longestSilenceMs: number;
  /** First sound of the answer itself. */
  answerMs: number | null;
  /** Something was said before the answer, to bridge the wait. */
  filler: string | null;
  answer: string | null;
  /** Whose voice said it. */
  voice: Voice;
  /** Said after the answer, when that or the rest of it could not be spoken. */
  afterwards: string | null;
  /** Messages to the caller's screen. */
  notices: string[];
}

/** Nobody waits longer than this. */
const GIVEN_UP_MS = 15_000;
/** After an answer so much quiet means that nothing follows. */
const QUIET_MS = 1_000;
const TICK_MS = 5;
const silence = Buffer.alloc(FRAME_BYTES);

export class ProbeCall {
  readonly #heard = new Heard();
  #messages: { atMs: number; message: ServerMessage }[] = [];
  #line: Line | undefined;
  #toSay: readonly Buffer[] = [];
  #saidAtMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #over = false;

  /** Places the call and hears the greeting out. @throws Error when the greeting does not come within 15 s. */
  async place(api: string, token: string): Promise<void> {
    const session = await createOperatorApi(api, token).startSession();
    this.#line = await openLine(
      // The site says that it is reached under another name (bench/voice/lines/twilio-line.ts).
      api.replace(/^http/, 'ws') + new URL(session.urls.native).pathname,
      (message) => this.#take(message),
      (frame) => this.#heard.take(frame, performance.now()),
    );
    this.#line.send({ type: 'start', token: session.token, input: 'audio', output: 'audio' });
    void this.#line.closed.then(() => (this.#over = true));
    let sent = 0;
    const originMs = performance.now();
    this.#timer = setInterval(() => {
      for (; originMs + sent * FRAME_MS <= performance.now(); sent += 1) this.#sendNext();
    }, TICK_MS);
    if (!(await this.#finished(originMs))) throw new Error('The call got no greeting.');
  }

  /** Says this and waits for what comes of it. @throws Error when the call is over. */
  async say(frames: readonly Buffer[]): Promise<TurnResult> {
    if (this.#over) throw new Error('The call ended before the caller could speak.');
    this.#messages = [];
    this.#saidAtMs = Infinity;
    this.#toSay = frames;
    while (this.#saidAtMs === Infinity) await pause(TICK_MS);
    const saidAtMs = this.#saidAtMs;
    await this.#finished(saidAtMs);
    return this.#result(saidAtMs);
  }

  hangUp(): void {
    clearInterval(this.#timer);
    this.#line?.hangUp();
  }

  #sendNext(): void {
    const [frame = silence, ...rest] = this.#toSay;
    this.#line?.sendFrame(frame);
    if (this.#toSay.length > 0 && rest.length === 0) this.#saidAtMs = performance.now();
    this.#toSay = rest;
  }

  #take(message: ServerMessage): void {
    const nowMs = performance.now();
    if (message.type === 'clear') this.#heard.clear(nowMs);
    this.#messages.push({ atMs: nowMs, message });
  }

  /** @returns whether an answer came and was heard to its end. */
  async #finished(sinceMs: number): Promise<boolean> {
    for (;;) {
      const nowMs = performance.now();
      const done = this.#messages.find(
        ({ message }) => message.type === 'reply_done' && !message.interrupted,
      );
      if (done && nowMs - Math.max(done.atMs, this.#heard.quietSinceMs) > QUIET_MS) return true;
      if (this.#over || nowMs - sinceMs > GIVEN_UP_MS) return done !== undefined;
      await pause(20);
    }
  }

  #result(saidAtMs: number): TurnResult {
    const untilMs = performance.now();
    const replyAtMs = this.#messages.find(({ message }) => message.type === 'reply')?.atMs ?? untilMs;
    const whole = this.#heard.between(saidAtMs, untilMs);
    const before = this.#heard.between(saidAtMs, replyAtMs);
    const answer = this.#heard.between(replyAtMs, untilMs);
    const text = this.#texts('reply');
    return {
      firstSoundMs: sinceOrNull(whole.fromMs, saidAtMs),
      longestSilenceMs: Math.round(whole.longestSilenceMs),
      answerMs: sinceOrNull(answer.fromMs, saidAtMs),
      filler: before.fromMs === null ? null : before.words || '(in the local voice)',
      answer: text === '' ? null : text,
      voice: voiceOf(answer, text),
      afterwards: sparePhrases.find((phrase) => answer.words.includes(phrase)) ?? null,
      notices: this.#messages.flatMap(({ message }) => (message.type === 'error' ? [message.message] : [])),
    };
  }

  #texts(type: 'reply'): string {
    return this.#messages.flatMap(({ message }) => (message.type === type ? [message.text] : [])).join(' ');
  }
}

/** So much of the words must be read to call them all: the last tones of a text may be cut by a frame. */
const ALL = 0.9;

function voiceOf({ fromMs, words }: Passage, text: string): Voice {
  if (fromMs === null) return 'none';
  if (words === '') return 'local';
  return words.length >= text.length * ALL ? 'server' : 'both';
}

const sinceOrNull = (atMs: number | null, sinceMs: number): number | null =>
  atMs === null ? null : Math.round(atMs - sinceMs);

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
