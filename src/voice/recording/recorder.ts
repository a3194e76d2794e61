/**
 * Records the calls of this process. One timer for all of them: fifty times a second it lets a fiftieth of the calls write
 * their last second, so that no tick seals more than a few chunks and frames of other calls are never kept waiting.
 */
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CallId, TenantId } from '../../domain/ids.js';
import type { RecordingConsent } from '../../domain/recording.js';
import type { CallHeader } from '../ports.js';
import type { CallRecorder, LiveRecording, RecorderDeps, RecordingFacts } from './contract.js';
import { Keeper } from './keeper.js';
import { Live } from './live.js';
import { readWav } from './reader.js';
import { SpoolRoom } from './room.js';
import { SealedFile } from './sealed-file.js';

const TICK_MS = 20;
const TICKS_PER_ROUND = 50;

export interface Recorder extends CallRecorder {
  /** Recordings going on. */
  readonly live: number;
  /** Finished recordings on their way to the store. */
  readonly pending: number;
  /**
   * A finished recording as a WAV file, or null when the store has none.
   * @param pcmBytes length of the sound, when known.
   * @throws RecordingError while reading, when it was changed or is sealed under another key.
   */
  read(
    call: Pick<CallHeader, 'tenantId' | 'callId'>,
    signal: AbortSignal,
    pcmBytes?: number,
  ): Promise<AsyncIterable<Buffer> | null>;
  /** Deletes whatever there is of this call's recording. @param by who wants it. @throws the store's error; then not all of it is gone. */
  erase(tenantId: TenantId, callId: CallId, by: string): Promise<void>;
  /** Ends what is live, and lets what is on its way go on at the next start. Waits at most `deadlineMs`. */
  close(deadlineMs: number): Promise<void>;
}

/**
 * Opens the recorder, and takes to the store what an earlier process had left.
 * @throws the system's error when the directory cannot be made.
 */
export async function openRecorder(deps: RecorderDeps): Promise<Recorder> {
  const spool = join(deps.directory, 'spool');
  await mkdir(spool, { recursive: true, mode: 0o700 });
  await chmod(deps.directory, 0o700);
  const keeper = new Keeper(deps, spool);
  await keeper.recover();
  return new ProcessRecorder(deps, keeper);
}

class ProcessRecorder implements Recorder {
  readonly #deps: RecorderDeps;
  readonly #keeper: Keeper;
  readonly #room: SpoolRoom;
  readonly #live = new Map<Live, RecordingFacts>();
  /** Calls still to write in this round. */
  #round: Live[] = [];
  #timer: NodeJS.Timeout | undefined;
  #idle: (() => void)[] = [];

  constructor(deps: RecorderDeps, keeper: Keeper) {
    this.#deps = deps;
    this.#keeper = keeper;
    this.#room = new SpoolRoom(deps.mostSpoolBytes ?? Infinity, deps.logger);
  }

  get live(): number {
    return this.#live.size;
  }

  get pending(): number {
    return this.#keeper.pending;
  }

  begin({ tenantId, callId }: CallHeader, consent: RecordingConsent): LiveRecording | null {
    if (!this.#hasRoom()) return null;
    const { logger, keys, openFile, nowMs, epochMs } = this.#deps;
    const facts: RecordingFacts = { tenantId, callId, startedAtMs: epochMs(), consent };
    const path = this.#keeper.pathOf(tenantId, callId);
    const live = new Live({
      nowMs,
      create: () => SealedFile.create(path, facts, keys, openFile),
      onTrouble: (why, err) =>
        logger.error({ callId, why, err }, 'a recording is given up, the call goes on'),
      onDone: (recording, made) => this.#done(recording, facts, made),
    });
    this.#live.set(live, facts);
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS);
    this.#keeper.noteBegan(facts);
    return live;
  }

  async read(
    call: Pick<CallHeader, 'tenantId' | 'callId'>,
    signal: AbortSignal,
    pcmBytes?: number,
  ): Promise<AsyncIterable<Buffer> | null> {
    const { tenantId, callId } = call;
    const source = await this.#keeper.open(tenantId, callId, signal);
    return source && readWav(source, { tenantId, callId, keys: this.#deps.keys }, pcmBytes);
  }

  async erase(tenantId: TenantId, callId: CallId, by: string): Promise<void> {
    for (const [live, facts] of this.#live)
      if (facts.callId === callId && facts.tenantId === tenantId) live.erase();
    await this.#keeper.erase(tenantId, callId, by);
  }

  async close(deadlineMs: number): Promise<void> {
    for (const live of [...this.#live.keys()]) live.close();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, deadlineMs);
    });
    const idle = new Promise<void>((resolve) => {
      if (this.#live.size === 0) resolve();
      else this.#idle.push(resolve);
    });
    await Promise.race([late, idle]);
    clearTimeout(timer);
    clearInterval(this.#timer);
    await this.#keeper.close();
  }

  #tick(): void {
    if (this.#round.length === 0) {
      this.#round = [...this.#live.keys()];
      if (!this.#hasRoom()) for (const live of this.#round) live.giveUp('no_room');
    }
    const share = Math.ceil(this.#live.size / TICKS_PER_ROUND);
    for (const live of this.#round.splice(0, share)) live.flush();
  }

  #hasRoom(): boolean {
    let bytes = this.#keeper.bytes;
    for (const live of this.#live.keys()) bytes += live.bytes;
    return this.#room.isLeft(bytes);
  }

  #done(live: Live, facts: RecordingFacts, made: boolean): void {
    this.#live.delete(live);
    if (this.#live.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      for (const resolve of this.#idle.splice(0)) resolve();
    }
    if (live.erased) this.#keeper.eraseLater(facts.tenantId, facts.callId, 'caller');
    else if (made) this.#keeper.keep(facts.tenantId, facts.callId, live.bytes);
  }
}
