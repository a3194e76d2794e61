/**
 * One made-up caller: sends a frame every 20 ms for as long as the line is open, speaks in turns, and measures what it
 * hears. Times are milliseconds on the generator's monotonic clock.
 */
import type { Line } from '../../src/cli/caller/line.js';
import { FRAME_BYTES, FRAME_MS } from '../../src/voice/ports.js';
import type { ServerMessage } from '../../src/voice/wire.js';
import type { TurnSample } from './messages.js';

/** Longer than this and the turn counts as missed. */
export const MISSED_AFTER_MS = 5_000;
/** The edge hands audio over up to 100 ms before its time: the caller still hears it then. */
const PLAYOUT_MS = 120;

const silentFrame = Buffer.alloc(FRAME_BYTES);

export interface CallerDeps {
  /** Utterances as frames, said in turn. */
  utterances: readonly (readonly Buffer[])[];
  /** Mean pause before speaking. */
  silenceMs: number;
  /** From the first tick to the first frame: callers are spread over the 20 ms of a frame, as strangers are. */
  phaseMs: number;
  /** False when no new turn shall begin. */
  mayTalk: () => boolean;
  onTurn: (sample: TurnSample, spokenAtMs: number) => void;
  /** How late a frame left. */
  onFrame: (lateMs: number) => void;
  /** The agent's voice came while the caller was speaking. */
  onCutIn: () => void;
}

type State =
  | { is: 'listening' }
  | { is: 'pausing'; untilMs: number }
  | { is: 'speaking'; frames: readonly Buffer[]; next: number; cutIn: boolean }
  | { is: 'waiting'; spokenAtMs: number }
  | { is: 'answered'; spokenAtMs: number; latencyMs: number };

export class Caller {
  readonly #deps: CallerDeps;
  #state: State = { is: 'listening' };
  #originMs: number | undefined;
  #sent = 0;
  #said = 0;
  #greeted = false;

  constructor(deps: CallerDeps) {
    this.#deps = deps;
  }

  get hasHeardGreeting(): boolean {
    return this.#greeted;
  }

  /** True while a turn of this caller has no outcome yet. */
  get awaitsAnswer(): boolean {
    return this.#state.is === 'waiting' || this.#state.is === 'answered';
  }

  /** Sends every frame that is due. The clock does not drift: frame n is due n × 20 ms after the origin. */
  tick(nowMs: number, line: Pick<Line, 'sendFrame'>): void {
    this.#originMs ??= nowMs + this.#deps.phaseMs;
    for (;;) {
      const dueMs = this.#originMs + this.#sent * FRAME_MS;
      if (dueMs > nowMs) break;
      line.sendFrame(this.#nextFrame(nowMs));
      this.#sent += 1;
      this.#deps.onFrame(performance.now() - dueMs);
      if (this.#state.is === 'speaking' && this.#state.next >= this.#state.frames.length)
        this.#state = { is: 'waiting', spokenAtMs: performance.now() };
    }
    if (this.#state.is === 'waiting' && nowMs - this.#state.spokenAtMs > MISSED_AFTER_MS)
      this.#conclude({ latencyMs: null, timing: null }, this.#state.spokenAtMs);
  }

  /** A frame of the agent's voice has come. */
  hear(): void {
    const state = this.#state;
    if (state.is === 'waiting') {
      const { spokenAtMs } = state;
      this.#state = { is: 'answered', spokenAtMs, latencyMs: performance.now() - spokenAtMs };
    } else if (state.is === 'speaking' && !state.cutIn) {
      state.cutIn = true;
      this.#deps.onCutIn();
    }
  }

  /** Messages only say when the agent has finished and what the edge measured: latency is taken from the audio. */
  take(message: ServerMessage): void {
    if (message.type !== 'reply_done') return;
    this.#greeted = true;
    if (this.#state.is === 'answered')
      this.#conclude(
        {
          latencyMs: this.#state.latencyMs,
          timing: message.timing,
          speculation: message.speculation?.outcome,
        },
        this.#state.spokenAtMs,
      );
    else if (this.#state.is === 'listening') this.#pause();
  }

  /** The line is closed. What was answered counts; what was not is missed, unless the agent had said goodbye. */
  over(lost: boolean): void {
    const state = this.#state;
    if (state.is === 'answered')
      this.#conclude({ latencyMs: state.latencyMs, timing: null }, state.spokenAtMs);
    else if (lost && state.is === 'waiting')
      this.#conclude({ latencyMs: null, timing: null }, state.spokenAtMs);
  }

  #nextFrame(nowMs: number): Buffer {
    if (this.#state.is === 'pausing' && nowMs >= this.#state.untilMs && this.#deps.mayTalk()) this.#begin();
    if (this.#state.is !== 'speaking') return silentFrame;
    const frame = this.#state.frames[this.#state.next] ?? silentFrame;
    this.#state.next += 1;
    return frame;
  }

  #begin(): void {
    const { utterances } = this.#deps;
    const frames = utterances[this.#said % utterances.length] ?? [];
    this.#said += 1;
    this.#state = { is: 'speaking', frames, next: 0, cutIn: false };
  }

  #conclude(sample: TurnSample, spokenAtMs: number): void {
    this.#deps.onTurn(sample, spokenAtMs);
    this.#pause();
  }

  /** Half to one and a half times the mean, so that the callers do not fall into step. */
  #pause(): void {
    const pauseMs = this.#deps.silenceMs * (0.5 + Math.random());
    this.#state = { is: 'pausing', untilMs: performance.now() + PLAYOUT_MS + pauseMs };
  }
}
