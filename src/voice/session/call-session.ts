/**
 * One call, whatever carries it. Frames and typed words come in; the agent's words and audio go out through the link;
 * every finished turn goes to the journal. Nothing here waits for anything but the speech and language providers.
 */
import { redactCardNumbers } from '../../domain/extract/cards.js';
import type { CallId } from '../../domain/ids.js';
import type { EndReason } from '../../domain/turn.js';
import type { CallHeader, SpeechToText } from '../ports.js';
import type { CallDeps, CallSession } from './call-deps.js';
import { EagerStart, type EagerTurn } from './eager-start.js';
import type { Utterance } from './ear-deps.js';
import { Ear } from './ear.js';
import { Floor } from './floor.js';
import type { SessionOptions } from './options.js';
import { NOT_HEARD_LIMIT, phrases } from './phrases.js';
import { Mouth } from './mouth.js';
import { Standby } from './standby.js';
import { Transcript } from './transcript.js';
import { createTrouble, type Trouble } from './trouble.js';
import { TurnClock } from './turn-clock.js';

/** Sets up one call. Nothing happens until `start`. */
export function createCallSession(deps: CallDeps, header: CallHeader, options: SessionOptions): CallSession {
  return new LiveCall(deps, header, options);
}

class LiveCall implements CallSession {
  readonly callId: CallId;
  readonly finished: Promise<void>;
  readonly #deps: CallDeps;
  readonly #options: SessionOptions;
  readonly #transcript: Transcript;
  readonly #floor = new Floor();
  readonly #standby: Standby;
  readonly #trouble: Trouble;
  readonly #mouth: Mouth;
  readonly #ear: Ear | null;
  readonly #eager: EagerStart;
  /** Recognised and typed turns are taken one after another, in the order in which they were said. */
  #order: Promise<void> = Promise.resolve();
  #notHeardInARow = 0;
  #deafness: string = phrases.recogniserFailed;
  #over = false;
  #idleTimer: NodeJS.Timeout | undefined;
  #resolveFinished: () => void = () => undefined;

  constructor(deps: CallDeps, header: CallHeader, options: SessionOptions) {
    this.callId = header.callId;
    this.#options = options;
    this.#transcript = new Transcript(deps.journal, header);
    this.#standby = this.#createStandby(deps);
    this.#deps = { ...deps, link: this.#standby.link };
    this.#trouble = createTrouble(this.#deps, header, () => this.#standby.voiceless());
    this.#mouth = this.#createMouth();
    this.#eager = new EagerStart({ ...deps, transcript: this.#transcript, mouth: this.#mouth });
    this.#ear = deps.providers.stt ? this.#createEar(deps.providers.stt) : null;
    this.finished = new Promise((resolve) => {
      this.#resolveFinished = resolve;
    });
  }

  start(): void {
    this.#armIdleTimer();
    this.#standby.awaited(this.#deps.nowMs());
    const clock = new TurnClock(this.#deps.nowMs);
    this.#mouth.perform(() => this.#deps.agent.greeting(), clock);
  }

  audio(frame: Int16Array): void {
    if (this.#over) return;
    try {
      if (this.#ear) this.#ear.hear(frame);
      else this.#trouble.deaf();
    } catch (error) {
      this.#trouble.defect(error);
    }
  }

  typed(text: string): void {
    if (this.#over || text.trim() === '') return;
    const clock = new TurnClock(this.#deps.nowMs, this.#deps.nowMs());
    const atMs = this.#deps.epochMs();
    this.#mouth.stop();
    this.#eager.dropAll();
    this.#ear?.note('typed');
    this.#inOrder(() => this.#accept(text.trim(), 'typed', clock, atMs));
  }

  hush(): void {
    if (this.#over) return;
    this.#mouth.interrupt();
    this.#standby.stop();
  }

  end(): void {
    this.#close('caller_hangup', 'caller_hangup');
  }

  dropped(why: 'dropped' | 'shutdown' = 'dropped'): void {
    this.#close(why, null);
  }

  // ---- the caller ----------------------------------------------------------------------------------------------------

  #createEar(stt: SpeechToText): Ear {
    const { createVad, nowMs, link, mayPrepareEarly = () => true } = this.#deps;
    return new Ear({
      stt,
      vad: createVad(),
      nowMs,
      options: this.#options,
      mayPrepareEarly,
      onSpeech: () => {
        this.#floor.take();
        link.send({ type: 'speech', state: 'started' });
      },
      onDismissed: () => {
        this.#floor.give();
        link.send({ type: 'unheard', why: 'dismissed' });
        link.send({ type: 'speech', state: 'stopped' });
      },
      onLikelyEnd: (likely) => {
        this.#mouth.settle(); // an answer is prepared to what was heard, so that is decided now
        this.#eager.begin(likely, this.#epochOf(likely.lastVoicedAtMs));
      },
      onWentOn: () => this.#eager.drop(),
      onUtterance: (utterance) => this.#understand(utterance),
      onBargeIn: () => this.hush(),
    });
  }

  #createMouth(): Mouth {
    return new Mouth({
      ...this.#deps,
      transcript: this.#transcript,
      trouble: this.#trouble,
      floor: this.#floor,
      options: this.#options,
      onSound: (expects) => this.#ear?.agentStarted(expects),
      onQuiet: () => this.#ear?.note('agent_stopped'),
      onTurn: () => this.#armIdleTimer(),
      onGoodbye: () => this.#close('agent_closed', 'agent_closed'),
    });
  }

  #createStandby({ link, spare, nowMs }: CallDeps): Standby {
    return new Standby({
      link,
      audio: this.#options.output === 'audio' ? spare : undefined,
      floor: this.#floor,
      nowMs,
      options: this.#options,
      onSound: () => this.#ear?.agentStarted(),
      onQuiet: () => this.#ear?.note('agent_stopped'),
      onHeard: (text) => this.#transcript.alsoHeard(text),
      onVoice: () => this.#trouble.works('tts'),
    });
  }

  /** The words are on their way; they take their place in the order of turns. */
  #understand({ words, lastVoicedAtMs }: Utterance): void {
    const clock = new TurnClock(this.#deps.nowMs, lastVoicedAtMs);
    clock.reached('endpointing');
    this.#standby.awaited(lastVoicedAtMs);
    this.#deps.link.send({ type: 'speech', state: 'stopped' });
    const atMs = this.#epochOf(lastVoicedAtMs);
    const prepared = this.#eager.take();
    const understood = this.#recognised(words).finally(() => clock.reached('stt'));
    this.#inOrder(async () => {
      try {
        const text = await understood;
        if (text) this.#accept(text, 'speech', clock, atMs, prepared);
        else {
          prepared.drop(clock);
          this.#deps.link.send({ type: 'unheard', why: text === null ? 'failed' : 'empty' });
          if (text === null) this.#apologise(this.#deafness, clock);
          else this.#notHeard(clock);
        }
      } finally {
        this.#floor.give();
      }
    });
  }

  /** @returns the words, '' when there were none, null when the recogniser failed (`#deafness` says so then). */
  async #recognised(words: Promise<string>): Promise<string | null> {
    try {
      const text = await words;
      this.#trouble.works('stt');
      return text;
    } catch (error) {
      const news = this.#trouble.providerFailed(error);
      this.#deafness = news ? phrases.recogniserFailed : phrases.stillDeaf;
      return null;
    }
  }

  #accept(
    said: string,
    input: 'speech' | 'typed',
    clock: TurnClock,
    atMs: number,
    prepared?: EagerTurn,
  ): void {
    // Before anything keeps, shows or forwards the words: a card number is never stored (PCI DSS 3.3.1).
    const text = redactCardNumbers(said);
    this.#notHeardInARow = 0;
    this.#mouth.stop();
    const ready = !this.#over && prepared?.answers(text) === true;
    const number = this.#transcript.nextNumber();
    this.#transcript.add({ number, role: 'caller', text, atMs, input });
    this.#deps.link.send({ type: 'heard', turn: number, text, input });
    this.#armIdleTimer();
    if (ready) {
      prepared.release(clock);
      return;
    }
    prepared?.drop(clock);
    if (!this.#over) this.#mouth.perform(() => this.#deps.agent.reply(this.#transcript.turns), clock);
  }

  #notHeard(clock: TurnClock): void {
    this.#notHeardInARow += 1;
    if (this.#notHeardInARow <= NOT_HEARD_LIMIT) this.#apologise(phrases.notHeard, clock);
    else if (!this.#mouth.busy) this.#standby.settled();
  }

  /** Says a word about the line, unless a reply is already on its way. */
  #apologise(phrase: string, clock: TurnClock): void {
    if (!this.#over && !this.#mouth.busy) this.#mouth.say(phrase, clock);
  }

  /** @param atMs a moment on the monotonic clock. */
  #epochOf(atMs: number): number {
    return Math.round(this.#deps.epochMs() - (this.#deps.nowMs() - atMs));
  }

  // ---- the end -------------------------------------------------------------------------------------------------------

  #inOrder(task: () => void | Promise<void>): void {
    this.#order = this.#order.then(task).catch((error: unknown) => this.#trouble.defect(error));
  }

  #armIdleTimer(): void {
    clearTimeout(this.#idleTimer);
    if (!this.#over)
      this.#idleTimer = setTimeout(() => this.#close('idle', 'idle'), this.#options.idleLimitMs);
  }

  /** @param journalled reason of the journal's `ended`; null for a line that was lost. */
  #close(told: EndReason, journalled: EndReason | null): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#idleTimer);
    this.#mouth.stop();
    this.#eager.dropAll();
    this.#standby.close();
    this.#ear?.note('hung_up');
    this.#ear?.close();
    this.#deps.link.send({ type: 'ended', reason: told });
    this.#inOrder(() => this.#transcript.conclude(journalled, this.#deps.epochMs()));
    void this.#order.then(this.#resolveFinished);
  }
}
