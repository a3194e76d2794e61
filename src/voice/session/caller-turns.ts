/**
 * The caller's turns in the order in which they were said: recognised or typed, kept, shown, and answered. Recognition
 * takes its time, so what is said later waits for what was said before it.
 */
import { redactCardNumbers } from '../../domain/extract/cards.js';
import { isOnlyBackchannel } from '../../domain/turntaking/backchannel.js';
import type { CallDeps } from './call-deps.js';
import type { EagerStart, EagerTurn } from './eager-start.js';
import type { Utterance } from './ear-deps.js';
import type { Floor } from './floor.js';
import type { Mouth } from './mouth.js';
import { NOT_HEARD_LIMIT, phrases } from './phrases.js';
import type { Standby } from './standby.js';
import type { Transcript } from './transcript.js';
import type { Trouble } from './trouble.js';
import { epochOf, TurnClock } from './turn-clock.js';

export interface CallerTurnsDeps extends Pick<CallDeps, 'agent' | 'link' | 'nowMs' | 'epochMs'> {
  transcript: Transcript;
  trouble: Trouble;
  mouth: Mouth;
  floor: Floor;
  eager: EagerStart;
  standby: Pick<Standby, 'awaited' | 'settled'>;
  /** A turn of the caller is finished. */
  onTurn: () => void;
}

/** A finished turn on its way to its answer. */
interface Said {
  text: string;
  input: 'speech' | 'typed';
  clock: TurnClock;
  /** Epoch milliseconds. */
  atMs: number;
  prepared?: EagerTurn;
  /** The agent cuts in with these words. */
  cutIn?: string | undefined;
}

export class CallerTurns {
  readonly #deps: CallerTurnsDeps;
  #order: Promise<void> = Promise.resolve();
  #notHeardInARow = 0;
  #deafness: string = phrases.recogniserFailed;
  #over = false;

  constructor(deps: CallerTurnsDeps) {
    this.#deps = deps;
  }

  /** The caller has finished an utterance; its words are on their way. Gives the floor back once they are dealt with. */
  spoken({ words, lastVoicedAtMs, cause }: Utterance): void {
    const { nowMs, link, eager, floor, standby } = this.#deps;
    const clock = new TurnClock(nowMs, lastVoicedAtMs);
    clock.reached('endpointing');
    standby.awaited(lastVoicedAtMs);
    link.send({ type: 'speech', state: 'stopped' });
    const atMs = epochOf(this.#deps, lastVoicedAtMs);
    const prepared = eager.take();
    const cutIn = cause === 'long' ? phrases.cutIn : undefined;
    const understood = this.#recognised(words).finally(() => clock.reached('stt'));
    this.#inOrder(async () => {
      try {
        const text = await understood;
        if (text && isOnlyBackchannel(text) && this.#resumes()) this.#nothing('dismissed', clock, prepared);
        else if (text) this.#accept({ text, input: 'speech', clock, atMs, prepared, cutIn });
        else this.#unheard(text === null ? 'failed' : 'empty', clock, prepared);
      } finally {
        floor.give();
      }
    });
  }

  /** The caller has typed this; it answers whatever the agent was saying. */
  typed(text: string): void {
    const { nowMs, epochMs } = this.#deps;
    const clock = new TurnClock(nowMs, nowMs());
    const atMs = epochMs();
    this.#inOrder(() => this.#accept({ text, input: 'typed', clock, atMs }));
  }

  /** Nothing is answered any more; what has been said is still kept. Resolves after the last turn and then `last`. */
  close(last: () => void): Promise<void> {
    this.#over = true;
    this.#inOrder(last);
    return this.#order;
  }

  #inOrder(task: () => void | Promise<void>): void {
    this.#order = this.#order.then(task).catch((error: unknown) => this.#deps.trouble.defect(error));
  }

  /** @returns the words, '' when there were none, null when the recogniser failed (`#deafness` says so then). */
  async #recognised(words: Promise<string>): Promise<string | null> {
    const { trouble } = this.#deps;
    try {
      const text = await words;
      trouble.works('stt');
      return text;
    } catch (error) {
      const news = trouble.providerFailed(error);
      this.#deafness = news ? phrases.recogniserFailed : phrases.stillDeaf;
      return null;
    }
  }

  #accept({ text: said, input, clock, atMs, prepared, cutIn }: Said): void {
    const { transcript, link, mouth, agent, onTurn } = this.#deps;
    // Before anything keeps, shows or forwards the words: a card number is never stored (PCI DSS 3.3.1).
    const text = redactCardNumbers(said);
    this.#notHeardInARow = 0;
    mouth.stop();
    const ready = !this.#over && cutIn === undefined && prepared?.answers(text) === true;
    const number = transcript.nextNumber();
    transcript.add({ number, role: 'caller', text, atMs, input });
    link.send({ type: 'heard', turn: number, text, input });
    onTurn();
    if (ready) {
      prepared.release(clock);
      return;
    }
    prepared?.drop(clock);
    if (!this.#over) mouth.perform(() => agent.reply(transcript.turns), clock, cutIn);
  }

  /** The utterance becomes no turn: the recogniser failed, or found no words in it. */
  #unheard(why: 'failed' | 'empty', clock: TurnClock, prepared: EagerTurn): void {
    this.#nothing(why, clock, prepared);
    if (why === 'failed') {
      this.#apologise(this.#deafness, clock);
      return;
    }
    if (this.#resumes()) return;
    this.#notHeardInARow += 1;
    if (this.#notHeardInARow <= NOT_HEARD_LIMIT) this.#apologise(phrases.notHeard, clock);
    else if (!this.#deps.mouth.busy) this.#deps.standby.settled();
  }

  #nothing(why: 'failed' | 'empty' | 'dismissed', clock: TurnClock, prepared: EagerTurn): void {
    prepared.drop(clock);
    this.#deps.link.send({ type: 'unheard', why });
  }

  /** A cough or an "mm-hm" has stopped the agent: it goes on where it stopped. */
  #resumes(): boolean {
    return !this.#over && this.#deps.mouth.resume();
  }

  /** Says a word about the line, unless a reply is already on its way. */
  #apologise(phrase: string, clock: TurnClock): void {
    if (!this.#over && !this.#deps.mouth.busy) this.#deps.mouth.say(phrase, clock);
  }
}
