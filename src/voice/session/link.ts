import type { TurnSpeculation, TurnTiming } from '../../domain/latency.js';
import type { EndReason } from '../../domain/turn.js';

/** What a call tells its caller's side. Each transport says it in its own protocol (or not at all). */
export type CallerEvent =
  | { type: 'heard'; turn: number; text: string; input: 'speech' | 'typed' }
  | { type: 'speech'; state: 'started' | 'stopped' }
  /** An utterance became no turn. `dismissed` comes just before its `speech` stopped, the others when it was to be understood. */
  | { type: 'unheard'; why: 'dismissed' | 'empty' | 'failed' }
  /** Words of the agent's turn, just before their audio. */
  | { type: 'reply'; turn: number; text: string }
  /** The agent's turn is over; `text` is what was heard of it. `speculation` is absent when the agent spoke unasked. */
  | {
      type: 'reply_done';
      turn: number;
      text: string;
      interrupted: boolean;
      timing: TurnTiming;
      speculation?: TurnSpeculation;
    }
  /** Words in between that are no turn, just before their audio: an answer is slow, or cannot be spoken. */
  | { type: 'aside'; text: string }
  /** They are over, heard in full or cut off. */
  | { type: 'aside_done' }
  /** Drop buffered agent audio now. */
  | { type: 'clear' }
  | { type: 'error'; code: 'no_speech_engine' | 'provider_failed'; message: string; action: string }
  /** The caller is to be handed over to a person; `ended` follows at once. */
  | { type: 'transfer'; to: string; summary: string }
  | { type: 'ended'; reason: EndReason };

/** What the far end reports of the frames sent since this account was opened, until the next `clear`. */
export interface Playback {
  /** Frames whose playing has finished; undefined where the far end has not told, so that the clock must. */
  playedFrames(): number | undefined;
  /** Resolves when that many have; never, when the audio was cleared or the line is gone. */
  reached(frames: number): Promise<void>;
  /** The far end may play this much later than the clock says. */
  readonly lateMs: number;
  /** After `clear` the far end may still tell what it had played: for so long, or until it has. Absent: it has told by then. */
  readonly correction?: { withinMs: number; told: Promise<void> } | undefined;
}

/** The way back to the caller. No method blocks or throws; all do nothing once the caller is gone. */
export interface CallerLink {
  /** One 20 ms frame of agent audio, to be played in order. */
  sendFrame(frame: Int16Array): void;
  send(event: CallerEvent): void;
  /** Where the far end reports what it has played. Without it the clock has to tell. */
  openPlayback?(): Playback | undefined;
}
