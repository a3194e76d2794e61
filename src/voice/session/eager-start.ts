/**
 * The eager start of an utterance: as soon as the caller has probably finished, the answer to the words so far is worded
 * and spoken, unheard. When the caller had finished with these words it is the answer; else nobody learns of it.
 */
import { redactCardNumbers } from '../../domain/extract/cards.js';
import type { TurnSpeculation } from '../../domain/latency.js';
import type { Turn } from '../../domain/turn.js';
import type { ConversationAgent } from './agent-port.js';
import type { LikelyUtterance } from './ear-deps.js';
import type { Mouth, PreparedReply } from './mouth.js';
import type { Transcript } from './transcript.js';
import { epochOf, TurnClock } from './turn-clock.js';

export interface EagerStartDeps {
  agent: ConversationAgent;
  transcript: Transcript;
  mouth: Pick<Mouth, 'prepare'>;
  nowMs: () => number;
  epochMs: () => number;
}

type Waste = Pick<TurnSpeculation, 'wasted' | 'wastedChars'>;

/** The eager starts of one call, one at a time. */
export class EagerStart {
  readonly #deps: EagerStartDeps;
  #attempt: Attempt | null = null;
  #taken: EagerTurn | null = null;
  #waste: Waste = { wasted: 0, wastedChars: 0 };

  constructor(deps: EagerStartDeps) {
    this.#deps = deps;
  }

  begin(utterance: LikelyUtterance): void {
    this.drop();
    this.#attempt = new Attempt(this.#deps, utterance);
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

  #count(attempt: Attempt): void {
    attempt.drop();
    const { wasted, wastedChars } = this.#waste;
    this.#waste = { wasted: wasted + attempt.wasted, wastedChars: wastedChars + attempt.wastedChars };
  }
}

/** What was prepared for one finished utterance. */
export class EagerTurn {
  readonly #attempt: Attempt | null;
  readonly #before: Waste;

  constructor(attempt: Attempt | null, before: Waste) {
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

/** One likely end. The words the recogniser has already are answered at once, the final ones when they differ. */
class Attempt {
  readonly #deps: EagerStartDeps;
  readonly #utterance: LikelyUtterance;
  /** That of the turn, should it become one. */
  readonly #atMs: number;
  #prepared: { turns: number; text: string; clock: TurnClock; reply: PreparedReply } | null = null;
  #over = false;
  wasted = 0;
  wastedChars = 0;

  constructor(deps: EagerStartDeps, utterance: LikelyUtterance) {
    this.#deps = deps;
    this.#utterance = utterance;
    this.#atMs = epochOf(deps, utterance.lastVoicedAtMs);
    this.#prepare(utterance.partial);
    utterance.words.then(
      (words) => this.#prepare(words),
      () => this.#forget(), // whoever takes the utterance deals with it
    );
  }

  answers(text: string): boolean {
    return (
      this.#prepared !== null &&
      this.#prepared.turns === this.#deps.transcript.turns.length &&
      sameWords(this.#prepared.text, text)
    );
  }

  release(clock: TurnClock): void {
    this.#over = true;
    this.#prepared?.clock.join(clock);
    this.#prepared?.reply.release();
  }

  /** Once released it is somebody else's. */
  drop(): void {
    if (this.#over) return;
    this.#over = true;
    this.#forget();
  }

  #prepare(said: string): void {
    const text = redactCardNumbers(said.trim());
    if (this.#over || (this.#prepared && sameWords(this.#prepared.text, text))) return;
    this.#forget();
    if (text === '') return;
    const { agent, transcript, mouth, nowMs } = this.#deps;
    const clock = new TurnClock(nowMs, this.#utterance.lastVoicedAtMs);
    const { turns } = transcript;
    const turn: Turn = { number: turns.length + 1, role: 'caller', text, atMs: this.#atMs, input: 'speech' };
    try {
      const chosen = agent.reply([...turns, turn]);
      const history = [...transcript.history(), { role: turn.role, text }];
      this.#prepared = { turns: turns.length, text, clock, reply: mouth.prepare(chosen, clock, history) };
    } catch {
      // A defect of the policy shows when the turn is answered in the normal way, and is counted there.
    }
  }

  #forget(): void {
    if (!this.#prepared) return;
    this.wasted += 1;
    this.wastedChars += this.#prepared.reply.discard();
    this.#prepared = null;
  }
}

const wordsOf = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/** Recognisers set capitals, commas and full stops anew when they finish; the words decide. */
export const sameWords = (a: string, b: string): boolean => wordsOf(a) === wordsOf(b);
