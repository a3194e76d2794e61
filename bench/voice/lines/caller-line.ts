/** A caller's end of one call, whatever carries it. */
import type { TurnTiming, SpeculationOutcome } from '../../../src/domain/latency.js';

/** 20 ms of sound, made ready for every transport before the first call. */
export interface Frame {
  /** 640 bytes of PCM16 at 16 kHz. */
  pcm: Buffer;
  /** 160 bytes of mu-law at 8 kHz, in base64. */
  mulaw: string;
}

/** What comes from the edge. */
export interface LineEvents {
  /** 20 ms of the agent. */
  onAudio: () => void;
  /** The agent's turn is over. The account is null where the transport tells none. */
  onAgentDone: (account: { timing: TurnTiming; speculation: SpeculationOutcome | null } | null) => void;
  /** What is buffered of the agent is to be dropped: the caller has interrupted. */
  onClear: () => void;
}

export interface CallerLine {
  sendFrame(frame: Frame): void;
  /** Called every few milliseconds. */
  tick(nowMs: number): void;
  /** Says goodbye as the transport has it. */
  hangUp(): void;
  /** Resolves when the socket is gone, with its close code (src/voice/wire.ts). */
  readonly closed: Promise<number>;
}
