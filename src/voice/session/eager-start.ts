/**
 * The eager start of an utterance: as soon as the caller has probably finished, the answer to the words so far is worded
 * and spoken, unheard. When the caller had finished with these words it is the answer; else nobody learns of it.
 */
import type { TurnSpeculation } from '../../domain/latency.js';
import { fullTrust, judged, mayUsePartial, rested } from '../../domain/turntaking/partial-trust.js';
import type { SpeculationRules } from '../../domain/turntaking/rules.js';
import { EagerAttempt, sameWords, type EagerAttemptDeps } from './eager-attempt.js';
import type { LikelyUtterance } from './ear-deps.js';
import type { TurnClock } from './turn-clock.js';

export interface EagerStartDeps extends Omit<EagerAttemptDeps, 'onWords'> {
  rules: SpeculationRules;
}

type Waste = Pick<TurnSpeculation, 'wasted' | 'wastedChars'>;

/** The eager starts of one call, one at a time. */
export class EagerStart {
  readonly #deps: EagerStartDeps;
  #attempt: EagerAttempt | null = null;
  #taken: EagerTurn | null = null;
  #waste: Waste = { wasted: 0, wastedChars: 0 };
  #trust = fullTrust;

  constructor(deps: EagerStartDeps) {
    this.#deps = deps;
  }

  begin(utterance: LikelyUtterance): void {
    this.drop();
    const trusted = mayUsePartial(this.#trust);
    const partial = trusted ? utterance.partial : '';
    if (!trusted && utterance.partial !== '') this.#trust = rested(this.#trust);
    const onWords = (words: string): void => {
      if (partial !== '') this.#trust = judged(this.#trust, sameWords(partial, words), this.#deps.rules);
    };
    this.#attempt = new EagerAttempt({ ...this.#deps, onWords }, { ...utterance, partial });
  }

  /** The caller goes on: what is being prepared for this utterance is thrown away. */
  drop(): void {
    if (this.#attempt) this.#count(this.#attempt);
    this.#attempt = null;
  }

  /** This is no time for a prepared answer: the one for the utterance before, whose words are not known yet, goes too. */
  dropAll(): void {
    this.drop();
    this.#taken?.forget();
  }

  /** The utterance is over: hands over what was prepared for it. The next one begins anew. */
  take(): EagerTurn {
    const turn = new EagerTurn(this.#attempt, this.#waste);
    this.#attempt = null;
    this.#taken = turn;
    this.#waste = { wasted: 0, wastedChars: 0 };
    return turn;
  }

  #count(attempt: EagerAttempt): void {
    attempt.drop();
    const { wasted, wastedChars } = this.#waste;
    this.#waste = { wasted: wasted + attempt.wasted, wastedChars: wastedChars + attempt.wastedChars };
  }
}

/** What was prepared for one finished utterance. */
export class EagerTurn {
  readonly #attempt: EagerAttempt | null;
  readonly #before: Waste;

  constructor(attempt: EagerAttempt | null, before: Waste) {
    this.#attempt = attempt;
    this.#before = before;
  }

  /** Whether an answer to these very words in this very conversation is ready. Ask before the words are a turn of it. */
  answers(text: string): boolean {
    return this.#attempt?.answers(text) ?? false;
  }

  /** It is the answer. @param clock knows when the caller had finished and was understood. */
  release(clock: TurnClock): void {
    clock.speculation = this.#speculation('hit');
    this.#attempt?.release(clock);
  }

  /** No answer to it is wanted any more. */
  forget(): void {
    this.#attempt?.drop();
  }

  /** It is not the answer. @param clock that of the turn which is answered otherwise. */
  drop(clock: TurnClock): void {
    this.forget();
    const { wasted } = this.#speculation('miss');
    clock.speculation = this.#speculation(wasted > 0 ? 'miss' : 'none');
  }

  #speculation(outcome: TurnSpeculation['outcome']): TurnSpeculation {
    const { wasted, wastedChars } = this.#before;
    return {
      outcome,
      wasted: wasted + (this.#attempt?.wasted ?? 0),
      wastedChars: wastedChars + (this.#attempt?.wastedChars ?? 0),
    };
  }
}
