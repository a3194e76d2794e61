/** The listening half of a call: frames in, utterances out, each with the recognition that has been hearing it. */
import type { Expectation } from '../../domain/turntaking/expectation.js';
import { initialTurnTaking, ruleFor, type TurnTakingState } from '../../domain/turntaking/state.js';
import { turnTaking } from '../../domain/turntaking/turn-taking.js';
import type { TurnTakingDecision, TurnTakingEvent } from '../../domain/turntaking/rules.js';
import { FRAME_MS } from '../ports.js';
import type { EarDeps } from './ear-deps.js';
import { Listening } from './listening.js';

/** A line without frames for this much longer than the silence rule counts as silent: some clients stop sending. */
const STALL_MARGIN_MS = 200;

export class Ear {
  readonly #deps: EarDeps;
  #state: TurnTakingState = initialTurnTaking;
  /** Audio time: the frames so far. */
  #audioMs = 0;
  #lastVoicedAtMs = 0;
  #lastFrameAtMs = 0;
  /** The latest frames before speech, oldest first. */
  #preRoll: Int16Array[] = [];
  #listening: Listening | undefined;
  #stallTimer: NodeJS.Timeout | undefined;

  constructor(deps: EarDeps) {
    this.#deps = deps;
  }

  /** Takes the next 20 ms of the caller. */
  hear(frame: Int16Array): void {
    const voiced = this.#deps.vad.isVoiced(frame);
    this.#lastFrameAtMs = this.#deps.nowMs();
    if (voiced) this.#lastVoicedAtMs = this.#lastFrameAtMs;
    const wentOn = voiced && this.#listening?.committed === true;
    if (this.#listening) this.#listening.push(frame);
    else this.#remember(frame);
    if (wentOn) this.#listening?.goOn();
    this.#advance(voiced);
    // The words of the first piece are no longer all; where the engine tells none before the end, none are known.
    if (wentOn && this.#listening?.partial() === undefined) this.#hearWords('');
  }

  /** The agent begins to be heard and asks for this; for nothing new when absent. @param insists it has cut in. */
  agentStarted(expects?: Expectation, insists?: true): void {
    const how = { ...(expects && { expects }), ...(insists && { insists }) };
    this.#step({ kind: 'agent_started', atMs: this.#audioMs, ...how });
  }

  /** Tells the turn detector what else happened. */
  note(kind: 'agent_stopped' | 'typed' | 'hung_up'): void {
    this.#step({ kind, atMs: this.#audioMs });
  }

  /** No frames can come until `goOn`, which means nothing: an utterance in progress is not over. */
  hold(): void {
    clearTimeout(this.#stallTimer);
  }

  /** Frames may come again, and belong to the utterance that was in progress. */
  goOn(): void {
    this.#lastFrameAtMs = this.#deps.nowMs();
    if (this.#listening) this.#watchForStall();
  }

  /** Gives everything back; call after `note('hung_up')` so that no word is lost. */
  close(): void {
    clearTimeout(this.#stallTimer);
    this.#listening?.cancel();
    this.#listening = undefined;
    this.#deps.vad.close();
  }

  #advance(voiced: boolean): void {
    this.#audioMs += FRAME_MS;
    const text = this.#listening?.partial();
    if (text !== undefined) this.#hearWords(text);
    this.#step({ kind: 'frame', atMs: this.#audioMs, voiced });
  }

  #hearWords(text: string): void {
    this.#step({ kind: 'words', atMs: this.#audioMs, text });
  }

  #step(event: TurnTakingEvent): void {
    const { state, decisions } = turnTaking(this.#state, event, this.#deps.options.rules);
    this.#state = state;
    for (const decision of decisions) this.#act(decision);
  }

  #act(decision: TurnTakingDecision): void {
    switch (decision.kind) {
      case 'speech_started':
        this.#begin();
        return;
      case 'barge_in':
        this.#deps.onBargeIn();
        return;
      case 'dismissed':
        this.#release()?.cancel();
        this.#deps.onDismissed();
        return;
      case 'likely_end':
        this.#commitEarly();
        return;
      case 'cancel':
        this.#deps.onWentOn();
        return;
      case 'confirm':
        return; // the endpoint follows in the same step
      case 'endpoint': {
        const words = this.#release()?.commit();
        const { cause } = decision;
        if (words) this.#deps.onUtterance({ words, lastVoicedAtMs: this.#lastVoicedAtMs, cause });
      }
    }
  }

  #begin(): void {
    this.#listening = new Listening(this.#deps.stt, this.#deps.options.sttTimeoutMs);
    for (const frame of this.#preRoll) this.#listening.push(frame);
    this.#preRoll = [];
    this.#watchForStall();
    this.#deps.onSpeech();
  }

  /** The words are asked for before the silence is over. They come early, and may tell how long it must last. */
  #commitEarly(): void {
    const listening = this.#listening;
    if (!listening || !this.#deps.mayPrepareEarly()) return;
    const partial = listening.partial() ?? '';
    const words = listening.commit();
    this.#deps.onLikelyEnd({ partial, words, lastVoicedAtMs: this.#lastVoicedAtMs });
    words.then(
      (text) => {
        if (this.#listening === listening && listening.committed)
          this.#step({ kind: 'words', atMs: this.#audioMs, text, final: true });
      },
      () => undefined, // whoever takes the utterance is told
    );
  }

  #release(): Listening | undefined {
    const listening = this.#listening;
    this.#listening = undefined;
    clearTimeout(this.#stallTimer);
    return listening;
  }

  #remember(frame: Int16Array): void {
    this.#preRoll.push(frame);
    if (this.#preRoll.length * FRAME_MS > this.#deps.options.preRollMs) this.#preRoll.shift();
  }

  /** In mid-utterance only: when frames stop coming, silence is filled in so that the caller is answered. */
  #watchForStall(): void {
    if (!this.#state.speech) return;
    const limitMs = ruleFor(this.#state, this.#state.speech, this.#deps.options.rules) + STALL_MARGIN_MS;
    const quietMs = this.#deps.nowMs() - this.#lastFrameAtMs;
    if (quietMs < limitMs) {
      this.#stallTimer = setTimeout(() => this.#watchForStall(), Math.ceil(limitMs - quietMs));
      return;
    }
    while (this.#listening) this.#advance(false);
  }
}
