/** One turn of the agent: words in, paced audio out, and an exact account of what was heard of it. */
import { ProviderError, type TextToSpeech } from '../ports.js';
import { readWithin } from './deadline.js';
import { splitAtHeard, type SpokenClause, unheardClauses } from './heard-text.js';
import type { CallerLink, Playback } from './link.js';
import type { SessionOptions } from './options.js';
import { Playout } from './playout.js';
import type { TurnClock } from './turn-clock.js';

export interface ReplyDeps {
  link: CallerLink;
  /** Null: the reply is text only. */
  tts: TextToSpeech | null;
  /** Resolves when the agent may begin to be heard. */
  mayBegin: () => Promise<void>;
  clock: TurnClock;
  nowMs: () => number;
  options: Pick<SessionOptions, 'ttsTimeoutMs' | 'sendAheadMs'>;
  /** The clauses to say; aborted with the reply. */
  clauses: (signal: AbortSignal) => AsyncIterable<string> | Iterable<string>;
  /** The reply is about to be heard: it gets its turn number now, because until now it could still vanish. */
  onBegin: () => number;
  onDone: (done: ReplyDone) => void;
  /** A reply that had begun makes no more sound. */
  onQuiet: () => void;
  /** Something went wrong that the caller was spared or told. */
  onFailure: (error: unknown) => void;
}

export interface ReplyDone {
  turn: number;
  /** What the caller heard. */
  text: string;
  interrupted: boolean;
}

export class Reply {
  readonly #deps: ReplyDeps;
  readonly #abort = new AbortController();
  /** Ends the speaking alone: aborted with `#abort`, or before it when the line breaks. */
  readonly #voice = new AbortController();
  /** The line broke: clauses of which the caller has not heard all, and who waits for the last of them. */
  #unheard: string[] | undefined;
  #onWorded: () => void = () => undefined;
  #playout: Playout | undefined;
  readonly #clauses: SpokenClause[] = [];
  #turn: number | undefined;
  #done = false;
  #silent = false;
  #mute: boolean;
  /** The far end's own account of what it plays: where it keeps one, the reply is not heard before it is played. */
  #playback: Playback | undefined;
  #settleTimer: NodeJS.Timeout | undefined;
  #wordedChars = 0;
  #wordedInFull = false;

  constructor(deps: ReplyDeps) {
    this.#deps = deps;
    this.#mute = deps.tts === null;
  }

  /** Characters of the clauses that have been taken from the wording. */
  get wordedChars(): number {
    return this.#wordedChars;
  }

  /** Says it all. Resolves when the last audio has been played or the reply was stopped: true when said in full. */
  async run(): Promise<boolean> {
    const { signal } = this.#abort;
    try {
      for await (const clause of this.#deps.clauses(signal)) {
        this.#wordedChars += clause.length;
        await this.#say(clause);
        if (signal.aborted) return false;
      }
      this.#wordedInFull = true;
      if (this.#unheard) return false;
      await this.#playout?.allSent();
      if (this.#playback) await this.#playout?.played();
      if (this.#voice.signal.aborted) return false;
      this.#finish(this.#clauses.map((clause) => clause.text).join(' '), false);
      await this.#playout?.played();
      return !this.#voice.signal.aborted;
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
      return false;
    } finally {
      this.#quiet();
      this.#onWorded();
    }
  }

  /** Stops at once: no further frame, no further upstream work. What was heard of it stays in the account. */
  stop(): void {
    this.interrupt();
    this.settle();
  }

  /** Stops like `stop`, but where the far end may still tell what it had played, the account waits for that. */
  interrupt(): void {
    if (this.#abort.signal.aborted) return;
    const heard = this.#heard();
    this.#abort.abort(new Error('the reply was stopped'));
    this.#hush();
    if (this.#turn !== undefined && this.#deps.tts) this.#deps.link.send({ type: 'clear' });
    const correction = this.#playback?.correction;
    if (correction) {
      this.#settleTimer = setTimeout(() => this.settle(), correction.withinMs);
      void correction.told.then(() => this.settle());
    } else this.#finish(heard, true);
    this.#quiet();
  }

  /**
   * The line broke: silent at once, and what was heard is accounted for. The wording goes on, so that nothing has to be
   * asked for again.
   * @returns what is left to say, once it is all worded: the clause that was cut and those behind it. Null when there is
   * nothing to be taken up: it has not begun, or is over.
   */
  suspend(): Promise<readonly string[]> | null {
    if (this.#turn === undefined || this.#voice.signal.aborted || this.#done) return null;
    const samples = this.#playout?.playedSamples() ?? 0;
    this.#unheard = unheardClauses(this.#clauses, samples).map((clause) => clause.text);
    const heard = this.#heard();
    this.#hush();
    this.#finish(heard, true);
    this.#quiet();
    const rest = this.#unheard;
    return new Promise((resolve) => (this.#onWorded = () => resolve(rest)));
  }

  #hush(): void {
    this.#voice.abort(new Error('the reply is not to be heard any more'));
    this.#playout?.stop();
  }

  /** After `interrupt`: the account is closed, whatever the far end may still tell. */
  settle(): void {
    if (this.#settleTimer === undefined) return;
    clearTimeout(this.#settleTimer);
    this.#settleTimer = undefined;
    this.#finish(this.#heard(), true);
  }

  /**
   * Of a reply that was interrupted and whose account is closed: what the caller did not hear of it; null when its wording
   * had not come to its end.
   */
  get rest(): string | null {
    return this.#wordedInFull ? this.#split().rest : null;
  }

  #heard(): string {
    return this.#split().heard;
  }

  #split(): { heard: string; rest: string } {
    return splitAtHeard(this.#clauses, this.#playout?.playedSamples() ?? 0);
  }

  async #say(text: string): Promise<void> {
    this.#deps.clock.reached('llm_clause');
    const clause: SpokenClause = { text, samples: 0, complete: false };
    if (this.#deps.tts && !this.#mute && !this.#unheard) await this.#speak(this.#deps.tts, clause);
    if (this.#abort.signal.aborted) return;
    if (this.#unheard) {
      if (!this.#clauses.includes(clause)) this.#unheard.push(text);
      return;
    }
    if (clause.samples === 0) await this.#show(clause);
    clause.complete = true;
  }

  async #speak(tts: TextToSpeech, clause: SpokenClause): Promise<void> {
    const { signal } = this.#voice;
    const waitMs = this.#deps.options.ttsTimeoutMs;
    const limits = { firstMs: waitMs, nextMs: waitMs, totalMs: Infinity };
    try {
      for await (const samples of readWithin('tts', limits, signal, (inner) =>
        tts.speak(clause.text, inner),
      )) {
        if (samples.length === 0) continue;
        this.#deps.clock.reached('tts');
        if (clause.samples === 0) await this.#show(clause);
        if (signal.aborted) return;
        clause.samples += samples.length;
        this.#playout?.write(samples);
      }
      if (clause.samples === 0) throw new ProviderError('tts', 'garbage', 'the speech engine gave no audio');
    } catch (error) {
      if (signal.aborted) return;
      this.#mute = true;
      this.#deps.onFailure(error);
    }
  }

  /** Sends the clause's words, once; the reply begins with its first clause, when the caller does not hold the floor. */
  async #show(clause: SpokenClause): Promise<void> {
    if (this.#clauses.includes(clause)) return;
    if (this.#turn === undefined) {
      await this.#deps.mayBegin();
      if (this.#abort.signal.aborted) return;
      this.#begin();
    }
    this.#clauses.push(clause);
    if (this.#turn !== undefined)
      this.#deps.link.send({ type: 'reply', turn: this.#turn, text: clause.text });
    if (this.#mute) this.#deps.clock.reached('send');
  }

  /** Playing is accounted for from here on: until now another reply may have been playing. */
  #begin(): void {
    const { link, nowMs, options, clock, onBegin } = this.#deps;
    this.#turn = onBegin();
    const send = (frame: Int16Array): void => {
      link.sendFrame(frame);
      clock.reached('send');
    };
    this.#playback = link.openPlayback?.();
    this.#playout = new Playout(send, nowMs, options.sendAheadMs, this.#playback);
  }

  #finish(text: string, interrupted: boolean): void {
    if (this.#done) return;
    this.#done = true;
    if (this.#turn !== undefined) this.#deps.onDone({ turn: this.#turn, text, interrupted });
  }

  #quiet(): void {
    if (this.#silent || this.#turn === undefined) return;
    this.#silent = true;
    this.#deps.onQuiet();
  }

  /** A defect of ours: the caller keeps what was said, the call goes on. */
  #fail(error: unknown): void {
    this.#deps.onFailure(error);
    this.stop();
  }
}
