import type { AgentTurn } from './agent-port.js';
import type { CallDeps } from './call-deps.js';
import type { Floor } from './floor.js';
import type { Hold } from './hold.js';
import type { SessionOptions } from './options.js';
import type { Transcript } from './transcript.js';
import type { Trouble } from './trouble.js';

export interface MouthDeps extends Pick<
  CallDeps,
  'providers' | 'timing' | 'filter' | 'link' | 'nowMs' | 'epochMs'
> {
  transcript: Transcript;
  trouble: Trouble;
  floor: Floor;
  options: SessionOptions;
  /** The agent begins to be heard. `turn` is absent when it says a sentence of its own. */
  onSound: (turn?: AgentTurn, insists?: true) => void;
  onQuiet: () => void;
  /** Nothing is being said or prepared any more. */
  onFree: () => void;
  /** A turn of the agent is finished. */
  onTurn: () => void;
  /** The agent has said goodbye and was heard to the end. */
  onGoodbye: (turn: AgentTurn) => void;
}

/** How a reply differs from an ordinary one. */
export interface Manner {
  /** It waits for this. */
  hold?: Hold | undefined;
  /** It cuts in: it begins while the caller may still be talking, with these words. */
  cutIn?: string | undefined;
}

export type Clauses = (
  signal: AbortSignal,
  onFailure: (error: unknown) => void,
) => AsyncIterable<string> | Iterable<string>;

/** A reply that is being prepared and makes no sound. One of both is called in the end; later calls change nothing. */
export interface PreparedReply {
  /** False when it has come to nothing by itself: a defect ended it before its time. */
  readonly alive: boolean;
  /** It is the answer, instead of whatever was being said: it begins when nobody holds the floor. */
  release(): void;
  /** It is not: its upstream work is aborted. @returns characters that had been worded in vain. */
  discard(): number;
}
