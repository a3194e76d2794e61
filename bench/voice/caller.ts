/**
 * One made-up caller: sends a frame every 20 ms for as long as the line is open, speaks in turns, and measures what it
 * hears. Times are milliseconds on the generator's monotonic clock.
 */
import { FRAME_MS } from '../../src/voice/ports.js';
import type { CallerDeps, State } from './caller-state.js';
import type { CallerLine, Frame, LineEvents } from './lines/caller-line.js';
import type { InterruptionSample, TurnSample } from './messages.js';

/** Longer than this and the turn counts as missed. */
export const MISSED_AFTER_MS = 5_000;
/** The edge hands audio over up to 100 ms before its time: the caller still hears it then. */
const PLAYOUT_MS = 120;
/** Who interrupts does so after so much of the reply: it must have begun, and not be over. */
const INTERRUPTS_AFTER_MS = 700;

export class Caller implements LineEvents {
  readonly #deps: CallerDeps;
  #state: State = { is: 'listening' };
  #originMs: number | undefined;
  #sent = 0;
  #said = 0;
  #greeted = false;
  /** The interruption that the edge has taken note of, until the next reply. */
  #interruption: (InterruptionSample & { clearAtMs: number }) | undefined;

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

  /** True between two turns: a polite moment to hang up. */
  get isIdle(): boolean {
    return this.#state.is === 'pausing';
  }

  /** Sends every frame that is due. The clock does not drift: frame n is due n × 20 ms after the origin. */
  tick(nowMs: number, line: Pick<CallerLine, 'sendFrame'>): void {
    this.#originMs ??= nowMs + this.#deps.phaseMs;
    for (;;) {
      const dueMs = this.#originMs + this.#sent * FRAME_MS;
      if (dueMs > nowMs) break;
      line.sendFrame(this.#nextFrame(nowMs));
      this.#sent += 1;
      this.#deps.onFrame(performance.now() - dueMs);
      if (this.#state.is === 'speaking' && this.#state.next >= this.#state.frames.length) {
        this.#settleInterruption();
        this.#state = { is: 'waiting', spokenAtMs: performance.now() };
      }
    }
    if (this.#state.is === 'waiting' && nowMs - this.#state.spokenAtMs > MISSED_AFTER_MS)
      this.#conclude({ latencyMs: null, timing: null, speculation: null }, this.#state.spokenAtMs);
  }

  /** A frame of the agent's voice has come. */
  onAudio(): void {
    const state = this.#state;
    if (state.is === 'waiting') {
      const { spokenAtMs } = state;
      const latencyMs = performance.now() - spokenAtMs;
      this.#state = { is: 'answered', spokenAtMs, latencyMs, interruptAtMs: this.#interruptAtMs() };
    } else if (state.is === 'speaking' && this.#interruption)
      this.#interruption.lastFrameAfterClearMs = performance.now() - this.#interruption.clearAtMs;
    else if (state.is === 'speaking' && state.over === 'nobody') {
      state.over = 'cutIn';
      this.#deps.onCutIn();
    }
  }

  /** The agent has been stopped by what this caller says. */
  onClear(): void {
    const state = this.#state;
    if (state.is !== 'speaking' || state.over !== 'agent' || this.#interruption) return;
    const clearAtMs = performance.now();
    this.#interruption = { stoppedAfterMs: clearAtMs - state.fromMs, lastFrameAfterClearMs: 0, clearAtMs };
  }

  /** Messages only say when the agent has finished and what the edge measured: latency is taken from the audio. */
  onAgentDone(account: Parameters<LineEvents['onAgentDone']>[0]): void {
    this.#greeted = true;
    const state = this.#state;
    if (state.is === 'answered')
      this.#conclude(
        {
          latencyMs: state.latencyMs,
          timing: account?.timing ?? null,
          speculation: account?.speculation ?? null,
        },
        state.spokenAtMs,
      );
    else if (state.is === 'listening') this.#pauseFor(this.#deps.firstSilenceMs);
  }

  /** The line is closed. What was answered counts; what was not is missed, unless the agent had said goodbye. */
  over(lost: boolean): void {
    const state = this.#state;
    if (state.is === 'answered')
      this.#conclude({ latencyMs: state.latencyMs, timing: null, speculation: null }, state.spokenAtMs);
    else if (lost && state.is === 'waiting')
      this.#conclude({ latencyMs: null, timing: null, speculation: null }, state.spokenAtMs);
  }

  #interruptAtMs(): number {
    const { interruptsEvery } = this.#deps;
    const does = interruptsEvery !== null && Math.random() * interruptsEvery < 1;
    return does ? performance.now() + INTERRUPTS_AFTER_MS : Infinity;
  }

  #nextFrame(nowMs: number): Frame {
    const state = this.#state;
    if (state.is === 'pausing' && nowMs >= state.untilMs && this.#deps.mayTalk()) this.#begin('nobody');
    if (state.is === 'answered' && nowMs >= state.interruptAtMs && this.#deps.mayTalk()) {
      const sample = { latencyMs: state.latencyMs, timing: null, speculation: null };
      this.#deps.onTurn(sample, state.spokenAtMs);
      this.#begin('agent');
    }
    if (this.#state.is !== 'speaking') return this.#deps.silence;
    const frame = this.#state.frames[this.#state.next] ?? this.#deps.silence;
    this.#state.next += 1;
    return frame;
  }

  #begin(over: 'nobody' | 'agent'): void {
    const { utterances } = this.#deps;
    const frames = utterances[this.#said % utterances.length] ?? [];
    this.#said += 1;
    this.#state = { is: 'speaking', frames, next: 0, fromMs: performance.now(), over };
  }

  #settleInterruption(): void {
    if (this.#interruption) {
      const { stoppedAfterMs, lastFrameAfterClearMs } = this.#interruption;
      this.#deps.onInterruption({ stoppedAfterMs, lastFrameAfterClearMs });
    }
    this.#interruption = undefined;
  }

  #conclude(sample: TurnSample, spokenAtMs: number): void {
    this.#deps.onTurn(sample, spokenAtMs);
    this.#pause();
  }

  /** Half to one and a half times the mean, so that the callers do not fall into step. */
  #pause(): void {
    this.#pauseFor(this.#deps.silenceMs * (0.5 + Math.random()));
  }

  #pauseFor(ms: number): void {
    this.#state = { is: 'pausing', untilMs: performance.now() + PLAYOUT_MS + ms };
  }
}
