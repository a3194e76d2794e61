import type { CallId } from '../../domain/ids.js';
import type { Logger } from '../../telemetry/logger.js';
import type { Vad } from '../audio/vad.js';
import type { CallJournal, Providers, TimingSink } from '../ports.js';
import type { CallRecorder } from '../recording/contract.js';
import type { ConversationAgent } from './agent-port.js';
import type { CallerLink } from './link.js';
import type { SpareAudio } from './standby.js';
import type { OutgoingFilter } from './wording.js';

/** What every call of a process shares. */
export interface SharedCallDeps {
  providers: Providers;
  /** Makes a detector for one call. */
  createVad: () => Vad;
  journal: CallJournal;
  timing: TimingSink;
  filter: OutgoingFilter;
  /** What can be heard when no engine speaks; absent where nothing was made beforehand. */
  spare?: SpareAudio | undefined;
  logger: Logger;
  /**
   * Asked at each likely end of an utterance: may an answer be prepared that may be thrown away? A process short of power
   * says no; the caller waits a little longer then. Absent: always.
   */
  mayPrepareEarly?: () => boolean;
  /** Monotonic milliseconds. */
  nowMs: () => number;
  /** Milliseconds since the epoch. */
  epochMs: () => number;
  /** Who keeps the sound of calls whose callers agree. Absent: nobody does. */
  recorder?: CallRecorder;
  /** Whether another recording may begin now; a process short of time says no. Default yes. */
  mayRecord?: () => boolean;
}

export interface CallDeps extends SharedCallDeps {
  agent: ConversationAgent;
  link: CallerLink;
}

export interface CallSession {
  readonly callId: CallId;
  /** The agent picks up and says the greeting. Once. */
  start(): void;
  /** The next 20 ms of the caller: 320 samples, not changed afterwards. */
  audio(frame: Int16Array): void;
  typed(text: string): void;
  /** The caller presses a key of the telephone: 0–9, `*`, `#`, A–D. */
  pressed(key: string): void;
  /** The caller's side has silenced the agent: it stops, and waits for the caller. */
  hush(): void;
  /** The caller hangs up. */
  end(): void;
  /** The line broke without a goodbye: the caller may come back for a while, then the call ends as dropped. */
  lost(): void;
  /** The line broke and nobody has come back yet. */
  readonly isAway: boolean;
  /** The caller is back, on another line. @returns false when nobody is waited for, or not on such a line. */
  back(link: CallerLink): boolean;
  /** The line is gone for good, or this process must go; the intake may still wait for the caller. */
  dropped(why?: 'dropped' | 'shutdown'): void;
  /** Resolves when the last words have been understood and the end is in the journal. */
  readonly finished: Promise<void>;
}
