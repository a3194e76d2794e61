/**
 * Two rows of 20 ms frames on one clock: what the caller said and what the caller heard. Each caller frame is one slot; a
 * frame of the agent takes the slot at which it was sent, or the next free one. Frames are kept by reference until taken.
 */
import { FRAME_MS } from '../ports.js';

/** No caller frame for this long (a muted browser, a typed call): time goes on without them. Above any jitter buffer. */
const STILL_AFTER_MS = 1_000;
/** A clock that jumps (a machine that slept) adds no more silence than this at once. */
const LONGEST_GAP_SLOTS = 500;

/** 20 ms of both sides; absent means silence. */
export interface Slot {
  caller: Int16Array | undefined;
  agent: Int16Array | undefined;
}

export class Timeline {
  #caller: (Int16Array | undefined)[] = [];
  #agent: (Int16Array | undefined)[] = [];
  /** Slots taken away so far; index 0 of both rows is this slot. */
  #taken = 0;
  #agentEnd = 0;
  #lastCallerAtMs: number;

  constructor(nowMs: number) {
    this.#lastCallerAtMs = nowMs;
  }

  /** Slots the caller has filled: the present. */
  get now(): number {
    return this.#taken + this.#caller.length;
  }

  get taken(): number {
    return this.#taken;
  }

  /** Slots kept here. */
  get length(): number {
    return Math.max(this.#caller.length, this.#agent.length);
  }

  caller(frame: Int16Array, nowMs: number): void {
    this.passTime(nowMs);
    this.#caller.push(frame);
    this.#lastCallerAtMs = nowMs;
  }

  agent(frame: Int16Array, nowMs: number): void {
    this.passTime(nowMs);
    const slot = Math.max(this.#agentEnd, this.now) - this.#taken;
    while (this.#agent.length < slot) this.#agent.push(undefined);
    this.#agent[slot] = frame;
    this.#agentEnd = this.#taken + slot + 1;
  }

  /** Takes back the last `frames` of the agent that are still here. */
  takeBack(frames: number): void {
    for (let at = this.#agent.length - 1, left = frames; at >= 0 && left > 0; at--) {
      if (this.#agent[at] === undefined) continue;
      this.#agent[at] = undefined;
      this.#agentEnd = this.#taken + at;
      left -= 1;
    }
  }

  /** Silences the caller from slot `from` on, as far as those slots are still here. */
  silence(from: number): void {
    this.#caller.fill(undefined, Math.max(0, from - this.#taken));
  }

  /** A caller who sends nothing is silent: time passes all the same. */
  passTime(nowMs: number): void {
    const stillMs = nowMs - this.#lastCallerAtMs;
    if (stillMs < STILL_AFTER_MS) return;
    const slots = Math.min(Math.floor(stillMs / FRAME_MS), LONGEST_GAP_SLOTS);
    for (let i = 0; i < slots; i++) this.#caller.push(undefined);
    this.#lastCallerAtMs = nowMs;
  }

  /** Takes the oldest `count` slots away. */
  take(count: number): Slot[] {
    const caller = this.#caller.splice(0, count);
    const agent = this.#agent.splice(0, count);
    this.#taken += count;
    return Array.from({ length: count }, (_, i) => ({ caller: caller[i], agent: agent[i] }));
  }

  /** Lets go of everything. */
  clear(): void {
    this.#caller = [];
    this.#agent = [];
  }
}
