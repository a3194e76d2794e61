/** The way to the caller, which may break and be mended with another socket while the call goes on. */
import type { CallerEvent, CallerLink } from './link.js';

/** What happened while nobody was there to be told; a minute of conversation has far less. */
const MOST_MISSED = 50;

/** Told late these still mean something: what was understood, what was heard, what went wrong. */
const worthKeeping: ReadonlySet<CallerEvent['type']> = new Set(['heard', 'unheard', 'reply_done', 'error']);

export class MendableLine {
  /** What the call speaks to, whole or broken. */
  readonly link: CallerLink;
  #current: CallerLink | null;
  #missed: CallerEvent[] = [];

  constructor(first: CallerLink) {
    this.#current = first;
    this.link = {
      sendFrame: (frame) => this.#current?.sendFrame(frame),
      send: (event) => this.#send(event),
      ...(first.openPlayback && { openPlayback: () => this.#current?.openPlayback?.() }),
    };
  }

  get isBroken(): boolean {
    return this.#current === null;
  }

  /** The socket is gone: frames go nowhere, and what should be known is told when there is somebody again. */
  break(): void {
    this.#current = null;
  }

  /** @returns false when this line reports its playing and the first one did not, or the other way round. */
  mend(link: CallerLink): boolean {
    if ((link.openPlayback === undefined) !== (this.link.openPlayback === undefined)) return false;
    this.#current = link;
    for (const event of this.#missed.splice(0)) link.send(event);
    return true;
  }

  #send(event: CallerEvent): void {
    if (this.#current) this.#current.send(event);
    else if (worthKeeping.has(event.type) && this.#missed.length < MOST_MISSED) this.#missed.push(event);
  }
}
