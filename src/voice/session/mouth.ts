/** The speaking half of a call: one reply at a time, from the policy's choice to the last frame. */
import type { WordingRequest } from '../ports.js';
import type { AgentTurn } from './agent-port.js';
import { Hold } from './hold.js';
import type { Clauses, Manner, MouthDeps, PreparedReply } from './mouth-deps.js';
import { phrases } from './phrases.js';
import { Reply, type ReplyDone } from './reply.js';
import { TurnClock } from './turn-clock.js';
import { fixedClauses, wording } from './wording.js';

export class Mouth {
  readonly #deps: MouthDeps;
  #reply: Reply | null = null;
  /** Silenced, but the far end may still tell how much of it was heard. */
  #interrupted: Reply | null = null;
  /** What the caller broke off, as long as that may have been nothing. */
  #broken: { reply: Reply; turn: AgentTurn | undefined } | null = null;
  /** What `#reply` says; undefined for a sentence of our own. */
  #turn: AgentTurn | undefined;

  constructor(deps: MouthDeps) {
    this.#deps = deps;
  }

  /** True from the choice of an act until its last audio has been played. */
  get busy(): boolean {
    return this.#reply !== null;
  }

  /**
   * Lets the policy choose and says what it chose, instead of whatever was being said.
   * @param cutIn words to begin with, over the caller's own if need be.
   */
  perform(choose: () => AgentTurn, clock: TurnClock, cutIn?: string): void {
    let chosen: AgentTurn;
    try {
      chosen = choose();
    } catch (error) {
      this.#deps.trouble.defect(error);
      this.say(phrases.lost, clock);
      return;
    }
    clock.reached('policy');
    this.#speak(this.#worded(chosen, clock, this.#deps.transcript.history()), clock, chosen, cutIn);
  }

  /** Words and speaks what was chosen, but lets nothing be heard of it yet. */
  prepare(chosen: AgentTurn, clock: TurnClock, history: WordingRequest['history']): PreparedReply {
    clock.reached('policy');
    const hold = new Hold();
    const clauses = this.#worded(chosen, clock, history);
    const reply = this.#createReply(clauses, clock, chosen, { hold });
    let alive = true;
    void this.#run(reply, chosen).finally(() => (alive = false));
    return {
      get alive() {
        return alive;
      },
      release: () => {
        if (hold.over) return;
        this.stop();
        this.#reply = reply;
        this.#turn = chosen;
        hold.release();
      },
      discard: () => {
        if (hold.over) return 0;
        reply.stop();
        hold.forget();
        return reply.wordedChars;
      },
    };
  }

  /** Says one of our own sentences, without the model. */
  say(phrase: string, clock: TurnClock): void {
    this.#speak(() => fixedClauses(phrase), clock);
  }

  /** Silent within this call: no further frame leaves. Every reply so far has its account. */
  stop(): void {
    this.settle();
    this.#broken = null;
    this.#reply?.stop();
    this.#reply = null;
  }

  /** What the caller heard of an interrupted reply is as good as known. */
  settle(): void {
    this.#interrupted?.settle();
    this.#interrupted = null;
  }

  /**
   * Silent like `stop`; the far end may still correct what was heard, until `settle` or `stop`.
   * @param resumable it may turn out to have been no interruption: see `resume`.
   */
  interrupt(resumable = false): void {
    const reply = this.#reply;
    if (!reply) return;
    this.settle();
    this.#interrupted = reply;
    this.#reply = null;
    this.#broken = resumable ? { reply, turn: this.#turn } : null;
    reply.interrupt();
  }

  /**
   * The interruption was none: says what the caller has not heard, from the word at which the agent stopped. What had not
   * been worded to its end is worded anew.
   * @returns false when there is nothing to go on with.
   */
  resume(): boolean {
    const broken = this.#broken;
    if (!broken || this.busy) return false;
    this.settle();
    const { turn } = broken;
    const { rest } = broken.reply;
    const clock = new TurnClock(this.#deps.nowMs);
    if (rest === '' || (rest === null && !turn)) return false;
    if (rest !== null) this.#speak(() => fixedClauses(rest), clock, turn);
    else if (turn) this.#speak(this.#worded(turn, clock, this.#deps.transcript.history()), clock, turn);
    return true;
  }

  /**
   * The line broke. What was being said is said on from the clause that was cut when the floor is free again, unless the
   * caller says something first; what had not begun to be heard waits for the floor by itself.
   */
  suspend(): void {
    const suspended = this.#reply;
    const rest = suspended?.suspend();
    if (!suspended || !rest) return;
    const { floor, nowMs } = this.#deps;
    this.#reply = null;
    const clauses: Clauses = async function* (signal) {
      signal.addEventListener('abort', () => suspended.stop());
      await floor.free();
      yield* await rest;
    };
    this.#speak(clauses, new TurnClock(nowMs), this.#turn);
  }

  #speak(clauses: Clauses, clock: TurnClock, turn?: AgentTurn, cutIn?: string): void {
    this.stop();
    const reply = this.#createReply(withOpening(clauses, cutIn), clock, turn, { cutIn });
    this.#reply = reply;
    this.#turn = turn;
    void this.#run(reply, turn);
  }

  async #run(reply: Reply, turn?: AgentTurn): Promise<void> {
    const inFull = await reply.run();
    if (this.#reply !== reply) return;
    this.#reply = null;
    if (inFull && turn?.closesCall) this.#deps.onGoodbye(turn);
    else this.#deps.onFree();
  }

  #worded(chosen: AgentTurn, clock: TurnClock, history: WordingRequest['history']): Clauses {
    const { act, instructions, verbatim } = chosen;
    if (verbatim) return () => fixedClauses(act.template);
    const { providers, filter, options } = this.#deps;
    const words = { llm: providers.llm, filter, options, onFirstPiece: () => clock.reached('llm') };
    const request = { instructions, act, history };
    return (signal, onFailure) => wording({ ...words, onFailure }, request, signal);
  }

  #createReply(clauses: Clauses, clock: TurnClock, turn?: AgentTurn, { hold, cutIn }: Manner = {}): Reply {
    const { link, providers, floor, nowMs, options, transcript, trouble, onSound, onQuiet } = this.#deps;
    let degraded = false;
    const told = (error: unknown): void => {
      trouble.providerFailed(error, degraded);
      degraded = true;
    };
    // What failed in a reply that nobody was to hear is nobody's trouble.
    const onFailure = (error: unknown): void => (hold ? hold.whenReleased(() => told(error)) : told(error));
    return new Reply({
      link,
      tts: options.output === 'audio' ? providers.tts : null,
      mayBegin: async () => {
        await hold?.released;
        await floor.free(cutIn === undefined ? undefined : 'agent');
      },
      clock,
      nowMs,
      options,
      clauses: (signal) => clauses(signal, onFailure),
      onBegin: () => {
        onSound(turn, cutIn === undefined ? undefined : true);
        return transcript.nextNumber();
      },
      onDone: (done) => this.#account(done, clock),
      onQuiet,
      onFailure,
    });
  }

  #account({ turn, text, interrupted }: ReplyDone, clock: TurnClock): void {
    const { transcript, epochMs, timing: sink, link, onTurn } = this.#deps;
    const timing = clock.timing();
    transcript.add({ number: turn, role: 'agent', text, atMs: epochMs(), input: 'spoken' });
    const { speculation } = clock;
    if (clock.answersCaller) sink.record(transcript.tenantId, timing, speculation);
    link.send({
      type: 'reply_done',
      turn,
      text,
      interrupted,
      timing,
      ...(clock.answersCaller && { speculation }),
    });
    onTurn();
  }
}

const withOpening = (clauses: Clauses, opening: string | undefined): Clauses =>
  opening === undefined
    ? clauses
    : async function* (signal, onFailure) {
        yield opening;
        yield* clauses(signal, onFailure);
      };
