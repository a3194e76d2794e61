/** One call being recorded: frames come in by reference, and go to the disk in sealed chunks when the recorder says so. */
import type { LiveRecording } from './contract.js';
import type { SealedFile } from './sealed-file.js';
import { interleaved } from './stereo.js';
import { Timeline } from './timeline.js';

/** What the far end reports as played lags behind; so long audio can still be taken back (2 s, and some more). */
const HOLD_SLOTS = 150;
/** Ten seconds, or 640 kB of frames, that a slow disk may owe us; then the recording is given up. */
const MOST_WAITING_SLOTS = HOLD_SLOTS + 500;
/** A chunk is a second of both sides: 64 kB. */
export const CHUNK_SLOTS = 50;

type Trouble = 'too_slow' | 'failed' | 'no_room';

export interface LiveDeps {
  /** Makes the file. */
  create: () => Promise<SealedFile>;
  nowMs: () => number;
  /** The recording stops here for good; `why` for the log. */
  onTrouble: (why: Trouble, error?: unknown) => void;
  /** The file is closed (or was never made: false); again when all of it is to go after that. */
  onDone: (recording: Live, made: boolean) => void;
}

export class Live implements LiveRecording {
  readonly #deps: LiveDeps;
  readonly #timeline: Timeline;
  #state: 'open' | 'closing' | 'done' = 'open';
  /** Given up: nothing more is written, and the file gets no last chunk. */
  #broken = false;
  #erase = false;
  #file: SealedFile | undefined;
  /** The operation on the file that is under way. */
  #work: Promise<void> | undefined;
  #turnFrom = 0;
  /** Slots already written that have to be silenced. */
  #toSilence: { from: number; to: number }[] = [];

  constructor(deps: LiveDeps) {
    this.#deps = deps;
    this.#timeline = new Timeline(deps.nowMs());
    this.#start(async () => {
      this.#file = await deps.create();
    });
  }

  /** The caller asked for nothing to remain. */
  get erased(): boolean {
    return this.#erase;
  }

  /** Length of its file. */
  get bytes(): number {
    return this.#file?.bytes ?? 0;
  }

  caller(frame: Int16Array): void {
    if (this.#takesMore()) this.#timeline.caller(frame, this.#deps.nowMs());
  }

  agent(frame: Int16Array): void {
    if (this.#takesMore()) this.#timeline.agent(frame, this.#deps.nowMs());
  }

  takeBack(frames: number): void {
    this.#timeline.takeBack(frames);
  }

  callerTurn(silence: boolean): void {
    const { now, taken } = this.#timeline;
    if (silence) {
      this.#timeline.silence(this.#turnFrom);
      if (this.#turnFrom < taken) this.#toSilence.push({ from: this.#turnFrom, to: taken });
    }
    this.#turnFrom = now;
  }

  close(): void {
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    this.flush();
  }

  erase(): void {
    this.#erase = true;
    this.#broken = true;
    this.#timeline.clear();
    if (this.#state === 'done') this.#deps.onDone(this, true);
    else this.close();
  }

  /** Starts the next write, unless one is under way or nothing is due. Costs about a tenth of a millisecond. */
  flush(): void {
    if (this.#work || this.#state === 'done') return;
    const file = this.#file;
    if (!file || this.#broken) {
      if (this.#state === 'closing') this.#start(() => this.#conclude());
      return;
    }
    const silence = this.#toSilence.shift();
    if (silence) {
      this.#start(() => file.silence(silence.from, silence.to));
      return;
    }
    const slots = this.#due();
    if (slots > 0) {
      const pcm = interleaved(this.#timeline.take(slots));
      file.settle(this.#turnFrom);
      this.#start(() => file.append(pcm));
    } else if (this.#state === 'closing') this.#start(() => this.#conclude());
  }

  #takesMore(): boolean {
    if (this.#state !== 'open' || this.#broken) return false;
    if (this.#timeline.length < MOST_WAITING_SLOTS) return true;
    this.giveUp('too_slow');
    return false;
  }

  #due(): number {
    if (this.#state === 'closing') return Math.min(CHUNK_SLOTS, this.#timeline.length);
    this.#timeline.passTime(this.#deps.nowMs());
    const ready = this.#timeline.now - this.#timeline.taken - HOLD_SLOTS;
    return ready < CHUNK_SLOTS ? 0 : CHUNK_SLOTS;
  }

  #start(work: () => Promise<void>): void {
    this.#work = work()
      .catch((error: unknown) => this.giveUp('failed', error))
      .finally(() => {
        this.#work = undefined;
        if (this.#state === 'closing') this.flush();
      });
  }

  /** Nothing more is written; what is there stays, unless it is erased. */
  giveUp(why: Trouble, error?: unknown): void {
    if (this.#broken) return;
    this.#broken = true;
    this.#timeline.clear();
    this.#deps.onTrouble(why, error);
  }

  async #conclude(): Promise<void> {
    this.#state = 'done';
    try {
      if (!this.#broken) await this.#file?.finish();
    } finally {
      await this.#file?.close().finally(() => this.#deps.onDone(this, true));
      if (!this.#file) this.#deps.onDone(this, false);
    }
  }
}
