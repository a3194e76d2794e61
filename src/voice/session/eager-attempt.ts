/** What is prepared at one likely end of an utterance. */
import { redactCardNumbers } from '../../domain/extract/cards.js';
import type { Turn } from '../../domain/turn.js';
import type { ConversationAgent } from './agent-port.js';
import type { LikelyUtterance } from './ear-deps.js';
import type { PreparedReply } from './mouth-deps.js';
import type { Mouth } from './mouth.js';
import type { Transcript } from './transcript.js';
import { epochOf, TurnClock } from './turn-clock.js';

export interface EagerAttemptDeps {
  agent: ConversationAgent;
  transcript: Transcript;
  mouth: Pick<Mouth, 'prepare'>;
  nowMs: () => number;
  epochMs: () => number;
  /** The final words have come. */
  onWords: (words: string) => void;
}

export class EagerAttempt {
  readonly #deps: EagerAttemptDeps;
  readonly #utterance: LikelyUtterance;
  /** That of the turn, should it become one. */
  readonly #atMs: number;
  #prepared: { turns: number; text: string; clock: TurnClock; reply: PreparedReply } | null = null;
  #over = false;
  /** Answers thrown away, and the characters that had been worded for them. */
  wasted = 0;
  wastedChars = 0;

  /** Begins at once with the words that the recogniser has, if it has any, and again when the final ones are others. */
  constructor(deps: EagerAttemptDeps, utterance: LikelyUtterance) {
    this.#deps = deps;
    this.#utterance = utterance;
    this.#atMs = epochOf(deps, utterance.lastVoicedAtMs);
    this.#prepare(utterance.partial);
    utterance.words.then(
      (words) => {
        deps.onWords(words);
        this.#prepare(words);
      },
      () => this.#forget(), // whoever takes the utterance deals with it
    );
  }

  answers(text: string): boolean {
    return (
      this.#prepared?.reply.alive === true &&
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
