/**
 * A line that breaks in the middle of a call. The call waits where it is: an utterance in progress stays open with all
 * that was heard of it, a reply in progress keeps what was not heard, nothing is said into the void. A caller who comes
 * back in time goes on as if nothing had happened; else the call ends as dropped.
 */
import type { CallerLink } from './link.js';
import type { Ear } from './ear.js';
import type { Floor } from './floor.js';
import type { MendableLine } from './mendable-line.js';
import type { Mouth } from './mouth.js';
import type { Standby } from './standby.js';
import type { Transcript } from './transcript.js';

export interface ReconnectDeps {
  line: MendableLine;
  floor: Pick<Floor, 'take' | 'give'>;
  mouth: Pick<Mouth, 'suspend' | 'busy'>;
  standby: Pick<Standby, 'stop' | 'awaited'>;
  ear: Pick<Ear, 'hold' | 'goOn'> | null;
  transcript: Pick<Transcript, 'lineLost' | 'lineMended'>;
  nowMs: () => number;
  epochMs: () => number;
  /** How long the caller may take, in milliseconds; 0: no time at all. */
  windowMs: number;
  /** Nobody came back. */
  onGone: () => void;
}

export class Reconnect {
  readonly #deps: ReconnectDeps;
  #timer: NodeJS.Timeout | undefined;
  #lostAtMs: number | undefined;

  constructor(deps: ReconnectDeps) {
    this.#deps = deps;
  }

  /** When the line broke, epoch milliseconds; undefined while it is whole. */
  get lostAtMs(): number | undefined {
    return this.#lostAtMs;
  }

  /** The line is gone without a goodbye. */
  lost(): void {
    const { line, floor, mouth, standby, ear, transcript, epochMs, windowMs, onGone } = this.#deps;
    if (line.isBroken) return;
    if (windowMs === 0) {
      onGone();
      return;
    }
    line.break();
    // Whatever is ready meanwhile waits, as it waits for a caller who speaks.
    floor.take('agent');
    mouth.suspend();
    standby.stop();
    ear?.hold();
    this.#lostAtMs = epochMs();
    transcript.lineLost(this.#lostAtMs);
    this.#timer = setTimeout(onGone, windowMs);
  }

  /** The caller is back. @returns false when nobody was missing, or the call cannot go on on such a line. */
  back(link: CallerLink): boolean {
    const { line, mouth, standby, ear, transcript, nowMs, epochMs } = this.#deps;
    if (this.#lostAtMs === undefined || !line.mend(link)) return false;
    transcript.lineMended(epochMs());
    ear?.goOn();
    this.close();
    if (mouth.busy) standby.awaited(nowMs());
    return true;
  }

  /** Nobody is waited for any more. What waits for the floor learns so too, or a reply would hold its speech for ever. */
  close(): void {
    clearTimeout(this.#timer);
    if (this.#lostAtMs === undefined) return;
    this.#lostAtMs = undefined;
    this.#deps.floor.give('agent');
  }
}
