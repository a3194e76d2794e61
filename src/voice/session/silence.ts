/** The silence ladder of one call: tells it what happens, keeps its one timer, and says what it decides. */
import {
  initialSilence,
  silenceLadder,
  type SilenceDecision,
  type SilenceEvent,
  type SilenceReach,
  type SilenceRules,
} from '../../domain/silence-ladder.js';

export interface SilenceDeps {
  nowMs: () => number;
  rules: SilenceRules;
  /** Whether somebody speaks, is being understood or is about to be answered. */
  isTaken: () => boolean;
  /** Says the prompt or the goodbye. */
  onDecision: (step: 1 | 2 | 'close') => void;
}

export class SilenceWatch {
  readonly #deps: SilenceDeps;
  #state = initialSilence;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(deps: SilenceDeps) {
    this.#deps = deps;
  }

  /** The floor may have changed hands. */
  look(): void {
    const taken = this.#deps.isTaken();
    if (taken !== this.#state.taken) this.#step({ kind: 'floor', atMs: this.#deps.nowMs(), taken });
  }

  /** The caller said or typed something. */
  callerTurn(): void {
    this.#step({ kind: 'caller_turn', atMs: this.#deps.nowMs() });
    this.look();
  }

  /** The agent begins to be heard. @param reach absent when it asks nothing new. */
  agentSpoke(reach?: SilenceReach): void {
    this.look();
    this.#step({ kind: 'agent_spoke', atMs: this.#deps.nowMs(), ...(reach && { reach }) });
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #step(event: SilenceEvent): void {
    if (this.#closed) return;
    const { state, decision, wakeAtMs } = silenceLadder(this.#state, event, this.#deps.rules);
    this.#state = state;
    clearTimeout(this.#timer);
    if (wakeAtMs !== null) this.#timer = setTimeout(() => this.#wake(), Math.ceil(wakeAtMs - event.atMs));
    if (decision) this.#deps.onDecision(stepOf(decision));
  }

  /** Looks first: a floor that was taken without a word of it must not be talked into. */
  #wake(): void {
    this.look();
    this.#step({ kind: 'tick', atMs: this.#deps.nowMs() });
  }
}

const stepOf = (decision: SilenceDecision): 1 | 2 | 'close' =>
  decision.kind === 'close' ? 'close' : decision.rung;
