/** The journal's accounts, in memory only: which events of which call are still to be handed over, and what keeps files. */
import type { CallHeader, JournalEvent } from '../ports.js';
import { type JournalRecord, leavesCallLive } from './records.js';
import type { Entry, LeftCall, Recovered } from './recovery.js';

/** At a rotation an oldest segment with no more undelivered events than this is emptied into the new one, */
const CARRY_LIMIT = 100;
/** once there are so many segments. One call that cannot be delivered must not keep all later files. */
const CARRY_FROM_SEGMENTS = 3;

export class Books {
  readonly #calls = new Map<string, LeftCall>();
  /** Existing segments, oldest first, with the number of undelivered events each holds. */
  readonly #segments = new Map<number, number>();
  #position: number;
  #pending = 0;

  constructor(found: Recovered, segments: readonly number[]) {
    this.#position = found.lastPosition;
    for (const number of segments) this.#segments.set(number, 0);
    for (const call of found.calls) {
      this.#calls.set(call.header.callId, call);
      this.#pending += call.pending.length;
      for (const entry of call.pending) this.#count(entry.segment, 1);
    }
  }

  /** Events not handed over. */
  get pending(): number {
    return this.#pending;
  }

  /** True when no call is live and nothing waits: the files hold nothing that is needed. */
  get empty(): boolean {
    return this.#calls.size === 0;
  }

  /** Enters a new event. */
  add(header: CallHeader, event: JournalEvent): Entry {
    this.#position += 1;
    const at = this.#position;
    const entry: Entry = { at, call: header, event, segment: null, offered: false, handedOver: false };
    const call = this.#calls.get(header.callId) ?? { header, pending: [], handedOverUpTo: 0, live: true };
    this.#calls.set(header.callId, call);
    call.pending.push(entry);
    call.live = leavesCallLive(event);
    this.#pending += 1;
    return entry;
  }

  /** The entries are on the disk in this segment now. */
  written(entries: readonly Entry[], segment: number): void {
    for (const entry of entries) {
      if (!entry.handedOver) {
        this.#count(entry.segment, -1);
        this.#count(segment, 1);
      }
      entry.segment = segment;
    }
  }

  /** The oldest pending events of a call have been handed over. @returns the position up to which. */
  handedOver(callId: string, entries: readonly Entry[]): number {
    const call = this.#calls.get(callId);
    for (const entry of entries) {
      entry.handedOver = true;
      this.#count(entry.segment, -1);
    }
    this.#pending -= entries.length;
    if (!call) return 0;
    call.pending.splice(0, entries.length);
    call.handedOverUpTo = entries.at(-1)?.at ?? call.handedOverUpTo;
    if (!call.live && call.pending.length === 0) this.#calls.delete(callId);
    return call.handedOverUpTo;
  }

  /** A new segment begins: what has to stand at its head, and the events carried over from the oldest segment. */
  begin(segment: number): { heads: JournalRecord[]; carried: Entry[] } {
    const oldest = this.#oldest();
    const carried =
      oldest && this.#segments.size >= CARRY_FROM_SEGMENTS && oldest.undelivered <= CARRY_LIMIT
        ? [...this.#calls.values()].flatMap((c) => c.pending.filter((e) => e.segment === oldest.number))
        : [];
    this.#segments.set(segment, this.#segments.get(segment) ?? 0);
    const live = [...this.#calls.values()].filter((call) => call.live);
    return {
      heads: live.map((call) => ({ is: 'live', call: call.header, upTo: call.handedOverUpTo })),
      carried,
    };
  }

  /** Takes out of the books the segments that hold nothing needed; only oldest first, or later notes would be lost. */
  releaseSegments(current: number): number[] {
    const released: number[] = [];
    for (const [number, undelivered] of this.#segments) {
      if ((number >= current && !this.empty) || undelivered > 0) break;
      released.push(number);
    }
    for (const number of released) this.#segments.delete(number);
    return released;
  }

  #oldest(): { number: number; undelivered: number } | undefined {
    for (const [number, undelivered] of this.#segments) return { number, undelivered };
    return undefined;
  }

  #count(segment: number | null, change: number): void {
    if (segment !== null) this.#segments.set(segment, (this.#segments.get(segment) ?? 0) + change);
  }
}
