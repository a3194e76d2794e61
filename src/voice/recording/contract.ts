/** What recording needs from outside, what it offers the call, and the words for both. */
import type { CallId, TenantId } from '../../domain/ids.js';
import type { RecordingConsent } from '../../domain/recording.js';
import type { Logger } from '../../telemetry/logger.js';
import type { CallHeader } from '../ports.js';
import type { OpenRecordingFile } from './sealed-file.js';

/** Seals the key of one file under the key of the process. `open` throws for bytes of another key or context. */
export interface KeyWrap {
  seal(key: Uint8Array, context: string): Uint8Array;
  open(sealed: Uint8Array, context: string): Uint8Array;
}

/** Where finished recordings are kept; what it gets is encrypted already. Keys look like `firm-a/call_….rec`. */
export interface RecordingStore {
  readonly name: string;
  /** Keeps a copy of the file. May be called again for the same key. */
  put(key: string, path: string, signal: AbortSignal): Promise<void>;
  /** @returns null when there is no such recording. */
  get(key: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array> | null>;
  /** Does nothing when there is none. */
  delete(key: string, signal: AbortSignal): Promise<void>;
}

/** What is known of a recording, fixed when it begins. It is the first chunk of the file, so it survives a crash. */
export interface RecordingFacts {
  tenantId: TenantId;
  callId: CallId;
  /** Epoch milliseconds of the first sample. */
  startedAtMs: number;
  consent: RecordingConsent;
}

export interface FinishedRecording extends RecordingFacts {
  /** `incomplete`: the disk could not keep up, or the process ended in mid-call; what is there is whole. */
  state: 'stored' | 'incomplete';
  durationMs: number;
  /** Length of the encrypted file. */
  bytes: number;
  store: string;
}

/** The list of recordings. Every method may be repeated; a recording noted as deleted stays deleted. */
export interface RecordingCatalogue {
  began(recording: RecordingFacts): Promise<void>;
  /** @returns false when it was deleted meanwhile and must not be kept. */
  finished(recording: FinishedRecording): Promise<boolean>;
  /** @param by who wanted it. */
  erased(tenantId: TenantId, callId: CallId, by: string): Promise<void>;
}

export interface RecorderDeps {
  /** Kept for recordings alone; made (mode 0700) when missing. */
  directory: string;
  keys: KeyWrap;
  store: RecordingStore;
  catalogue: RecordingCatalogue;
  logger: Logger;
  /** Monotonic milliseconds. */
  nowMs: () => number;
  epochMs: () => number;
  openFile?: OpenRecordingFile;
  /** Most that recordings not yet in the store may take on this disk. Default: no limit. */
  mostSpoolBytes?: number;
  /** First wait before a store or catalogue that failed is tried again; doubles up to a minute. Default 1 s. */
  retryInitialMs?: number;
}

/** One call's recording while the call goes on. No method waits, throws, or takes longer than a microsecond or two. */
export interface LiveRecording {
  /** The caller's next 20 ms: the clock of the recording. Kept by reference. */
  caller(frame: Int16Array): void;
  /** 20 ms sent to the caller, in order. Kept by reference. */
  agent(frame: Int16Array): void;
  /** The last `frames` of the agent were taken back before they were played. */
  takeBack(frames: number): void;
  /** A turn of the caller is over. @param silence: what was said in it must not be kept. */
  callerTurn(silence: boolean): void;
  /** No more will come. */
  close(): void;
  /** Nothing of it may remain. */
  erase(): void;
}

/** Records calls of this process. */
export interface CallRecorder {
  /** From now on this call is recorded; null when there is no room for it, which may pass. */
  begin(call: CallHeader, consent: RecordingConsent): LiveRecording | null;
}
