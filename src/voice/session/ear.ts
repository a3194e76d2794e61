/** The listening half of a call: frames in, utterances out, each with the recognition that has been hearing it. */
import type { Expectation } from '../../domain/turntaking/expectation.js';
import { initialTurnTaking, ruleFor, type TurnTakingState } from '../../domain/turntaking/state.js';
import { turnTaking } from '../../domain/turntaking/turn-taking.js';
import type { TurnTakingDecision, TurnTakingEvent } from '../../domain/turntaking/rules.js';
import type { Vad } from '../audio/vad.js';
import { FRAME_MS, type Recognition, type SpeechToText } from '../ports.js';
import type { SessionOptions } from './options.js';

/** A finished utterance. */
export interface Utterance {
  recognition: Recognition;
  /** When its last voiced frame arrived, on the monotonic clock. */
  lastVoicedAtMs: number;
}

export interface EarDeps {
  stt: SpeechToText;
  vad: Vad;
  nowMs: () => number;
  options: Pick<SessionOptions, 'rules' | 'preRollMs'>;
  onSpeech: () => void;
  /** What began was no utterance. */
  onDismissed: () => void;
  onUtterance: (utterance: Utterance) => void;
  onBargeIn: () => void;
}

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
  #recognition: Recognition | undefined;
  #stallTimer: NodeJS.Timeout | undefined;

  constructor(deps: EarDeps) {
    this.#deps = deps;
  }

  /** Takes the next 20 ms of the caller. */
  hear(frame: Int16Array): void {
    const voiced = this.#deps.vad.isVoiced(frame);
    this.#lastFrameAtMs = this.#deps.nowMs();
    if (voiced) this.#lastVoicedAtMs = this.#lastFrameAtMs;
    if (this.#recognition) this.#recognition.push(frame);
    else this.#remember(frame);
    this.#advance(voiced);
  }

  /** The agent begins to be heard and asks for this; for nothing new when absent. */
  agentStarted(expects?: Expectation): void {
    this.#step({ kind: 'agent_started', atMs: this.#audioMs, ...(expects && { expects }) });
  }

  /** Tells the turn detector what else happened. */
  note(kind: 'agent_stopped' | 'typed' | 'hung_up'): void {
    this.#step({ kind, atMs: this.#audioMs });
  }

  /** Gives everything back; call after `note('hung_up')` so that no word is lost. */
  close(): void {
    clearTimeout(this.#stallTimer);
    this.#recognition?.cancel();
    this.#recognition = undefined;
    this.#deps.vad.close();
  }

  #advance(voiced: boolean): void {
    this.#audioMs += FRAME_MS;
    const text = this.#recognition?.partial?.();
    if (text !== undefined) this.#step({ kind: 'words', atMs: this.#audioMs, text });
    this.#step({ kind: 'frame', atMs: this.#audioMs, voiced });
  }

  #step(event: TurnTakingEvent): void {
    const { state, decisions } = turnTaking(this.#state, event, this.#deps.options.rules);
    this.#state = state;
    for (const decision of decisions) this.#act(decision);
  }

  #act(decision: TurnTakingDecision): void {
    switch (decision.kind) {
      case 'speech_started':
        this.#recognition = this.#deps.stt.start();
        for (const frame of this.#preRoll) this.#recognition.push(frame);
        this.#preRoll = [];
        this.#watchForStall();
        {
          this.#deps.onSpeech();
          return;
        }
      case 'barge_in': {
        this.#deps.onBargeIn();
        return;
      }
      case 'dismissed':
        this.#release()?.cancel();
        {
          this.#deps.onDismissed();
          return;
        }
      case 'likely_end':
      case 'confirm':
      case 'cancel':
        // For who prepares an answer early; an utterance is handed over only when it is complete.
        return;
      case 'endpoint': {
        const recognition = this.#release();
        if (recognition) this.#deps.onUtterance({ recognition, lastVoicedAtMs: this.#lastVoicedAtMs });
      }
    }
  }

  #release(): Recognition | undefined {
    const recognition = this.#recognition;
    this.#recognition = undefined;
    clearTimeout(this.#stallTimer);
    return recognition;
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
    while (this.#recognition) this.#advance(false);
  }
}
