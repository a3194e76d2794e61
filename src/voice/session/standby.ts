/**
 * What the caller hears when nothing else comes: a filler while an answer is being prepared, an apology when the voice is
 * gone. It stands between the call and its link, so it knows from the traffic whether an answer has begun to sound.
 *
 * While it speaks it holds the floor, so a reply that is ready meanwhile begins behind it; a caller who talks over it is
 * heard as ever, and an interruption stops it. What was heard of it goes into the transcript as the beginning of the
 * agent's next turn: it is no turn of its own, because it asks nothing.
 */
import type { CallerEvent, CallerLink, Playback } from './link.js';
import type { Floor } from './floor.js';
import { heardText } from './heard-text.js';
import { spare } from './phrases.js';
import { Playout } from './playout.js';

/** Audio made beforehand; undefined for a sentence of which there is none. */
export interface SpareAudio {
  audioOf(text: string): Int16Array | undefined;
}

export interface StandbyDeps {
  link: CallerLink;
  /** Undefined: nothing is ever said from here. */
  audio: SpareAudio | undefined;
  floor: Pick<Floor, 'take' | 'give'>;
  nowMs: () => number;
  options: { sendAheadMs: number; fillerMs: number };
  onSound: () => void;
  onQuiet: () => void;
  /** What the caller heard of it. */
  onHeard: (text: string) => void;
  /** A reply is audible: the voice works. */
  onVoice: () => void;
}

/** From the end of one filler to the next, in milliseconds. */
const AGAIN_MS = 3_000;
/** No engine is waited for so long (20 s and more): after these the answer is lost, and the caller is asked again. */
const MOST_FILLERS = 4;

interface Speaking {
  text: string;
  samples: number;
  playout: Playout;
  /** Not to be added to the transcript: it is the reply itself. */
  accounted: boolean;
}

export class Standby {
  readonly link: CallerLink;
  readonly #deps: StandbyDeps;
  /** When silence since the caller's last word will have lasted too long; undefined while no answer is owed. */
  #dueAtMs: number | undefined;
  #fillers = 0;
  #timer: NodeJS.Timeout | undefined;
  #callerSpeaks = false;
  #speaking: Speaking | undefined;
  #voiceless = false;
  #apologised = false;
  #playback: { account: Playback | undefined } | undefined;
  #closed = false;

  constructor(deps: StandbyDeps) {
    this.#deps = deps;
    this.link = {
      sendFrame: (frame) => this.#relay(frame),
      send: (event) => this.#sent(event),
      ...(deps.link.openPlayback && { openPlayback: () => this.#openLater() }),
    };
  }

  /** An answer is owed from now on. @param sinceMs the caller's last voiced frame, on the monotonic clock. */
  awaited(sinceMs: number): void {
    this.#fillers = 0;
    this.#dueAtMs = sinceMs + this.#deps.options.fillerMs;
    this.#arm();
  }

  /** No answer will come, and none is owed. */
  settled(): void {
    this.#dueAtMs = undefined;
    clearTimeout(this.#timer);
  }

  /** The reply that is being said, or the rest of it, cannot be spoken: something is said when it is over. */
  voiceless(): void {
    this.#voiceless = true;
  }

  /** The caller interrupts: silent at once. */
  stop(): void {
    this.settled();
    const speaking = this.#speaking;
    if (!speaking) return;
    const { text, samples, playout } = speaking;
    const heard = heardText([{ text, samples, complete: true }], playout.playedSamples());
    playout.stop();
    this.#deps.link.send({ type: 'clear' });
    this.#over(speaking, heard);
  }

  close(): void {
    this.stop();
    this.#closed = true;
  }

  // ---- what passes through -------------------------------------------------------------------------------------------

  #relay(frame: Int16Array): void {
    this.settled();
    if (!this.#voiceless) {
      this.#apologised = false;
      this.#deps.onVoice();
    }
    if (this.#playback && !this.#playback.account) this.#playback.account = this.#deps.link.openPlayback?.();
    this.#deps.link.sendFrame(frame);
  }

  #sent(event: CallerEvent): void {
    this.#deps.link.send(event);
    if (event.type === 'speech') {
      this.#callerSpeaks = event.state === 'started';
      this.#arm();
    } else if (event.type === 'heard' && event.input === 'typed') this.awaited(this.#deps.nowMs());
    else if (event.type === 'reply_done') this.#replyDone(event.text, event.interrupted);
  }

  /** An account opens with the reply's first frame: what is said from here before it is not the reply's. */
  #openLater(): Playback {
    const later: { account: Playback | undefined } = { account: undefined };
    this.#playback = later;
    return {
      playedFrames: () => (later.account ? later.account.playedFrames() : 0),
      reached: (frames) => later.account?.reached(frames) ?? new Promise(() => undefined),
      get lateMs() {
        return later.account?.lateMs ?? 0;
      },
      get correction() {
        return later.account?.correction;
      },
    };
  }

  #replyDone(text: string, interrupted: boolean): void {
    const mute = this.#dueAtMs !== undefined;
    const voiceless = this.#voiceless;
    this.#voiceless = false;
    // Whoever cut it short is owed an answer still, and it may be told of late.
    if (interrupted) return;
    this.settled();
    if (!voiceless) return;
    const itself = mute ? this.#deps.audio?.audioOf(text) : undefined;
    if (itself) this.#say(text, itself, true);
    else {
      const phrase = this.#apologised ? spare.noted : spare.voiceless;
      this.#apologised = true;
      this.#sayPhrase(phrase);
    }
  }

  // ---- speaking ------------------------------------------------------------------------------------------------------

  #arm(): void {
    clearTimeout(this.#timer);
    const { options, nowMs, audio } = this.#deps;
    const idle = !this.#callerSpeaks && !this.#speaking && !this.#closed;
    if (this.#dueAtMs === undefined || !idle || !audio || options.fillerMs === 0) return;
    this.#timer = setTimeout(() => this.#fill(), Math.max(0, this.#dueAtMs - nowMs()));
  }

  #fill(): void {
    const lost = this.#fillers === MOST_FILLERS;
    const phrase = lost ? spare.lost : spare.fillers[Math.min(this.#fillers, spare.fillers.length - 1)];
    this.#fillers += 1;
    if (phrase !== undefined) this.#sayPhrase(phrase);
    if (lost) this.settled();
  }

  #sayPhrase(phrase: string): void {
    const audio = this.#deps.audio?.audioOf(phrase);
    if (audio) this.#say(phrase, audio, false);
  }

  #say(text: string, audio: Int16Array, accounted: boolean): void {
    if (this.#closed || this.#speaking || this.#callerSpeaks) return;
    const { link, nowMs, options, floor, onSound } = this.#deps;
    const send = (frame: Int16Array): void => link.sendFrame(frame);
    link.send({ type: 'aside', text });
    const playout = new Playout(send, nowMs, options.sendAheadMs, link.openPlayback?.());
    const speaking: Speaking = { text, samples: audio.length, playout, accounted };
    this.#speaking = speaking;
    floor.take('agent');
    onSound();
    playout.write(audio);
    void playout
      .allSent()
      .then(() => playout.played())
      .then(() => this.#over(speaking, text));
  }

  /** Once for each thing said: the floor goes back, and the next filler may follow. */
  #over(speaking: Speaking, heard: string): void {
    if (this.#speaking !== speaking) return;
    this.#speaking = undefined;
    this.#deps.link.send({ type: 'aside_done' });
    if (heard !== '' && !speaking.accounted) this.#deps.onHeard(heard);
    this.#deps.onQuiet();
    this.#deps.floor.give('agent');
    if (this.#dueAtMs === undefined) return;
    this.#dueAtMs = this.#deps.nowMs() + AGAIN_MS;
    this.#arm();
  }
}
