/**
 * The flite worker thread and the queue in front of it. Speaking 1 s of sound takes about 15 ms of one core, so one thread
 * serves many calls; callers hand in one clause at a time, and first come, first served is then fair between them.
 */
import { Worker } from 'node:worker_threads';
import type { Logger } from '../../../telemetry/logger.js';
import { ProviderError } from '../../ports.js';

export interface FliteEngine {
  /**
   * Speaks one clause.
   * @param voice a voice compiled into the module: `slt`, `rms`, `awb` or `kal16`.
   * @returns a WAV file.
   * @throws ProviderError: `unavailable` (the thread died or the engine is closed), `timeout`, `refused` (flite failed on this
   * text). Aborting rejects with the signal's reason; a clause that has not begun is then never spoken.
   */
  speak(voice: string, text: string, signal: AbortSignal): Promise<Uint8Array>;
  close(): Promise<void>;
}

interface Job {
  id: number;
  voice: string;
  text: string;
  done: (outcome: { wav: Uint8Array } | { error: Error }) => void;
}

type Answer = { id: number; wav: Uint8Array<ArrayBuffer> } | { id: number; failed: string };

export interface FliteEngineOptions {
  logger: Logger;
  /**
   * Longest time for one clause, in milliseconds, the start of the thread included. Default 5,000: a clause is at most
   * 300 characters, which takes about 0.3 s, and the thread 0.2 s.
   */
  clauseTimeoutMs?: number;
  /** Starts the thread that runs `flite-worker.mjs`. */
  startWorker?: () => Worker;
}

const DEFAULT_CLAUSE_TIMEOUT_MS = 5_000;

/** No loader and no environment are handed on: the worker is plain JavaScript and needs neither. */
export const startFliteWorker = (): Worker =>
  new Worker(new URL('./flite-worker.mjs', import.meta.url), { execArgv: [], env: {} });

/** Starts the thread at once, because compiling the module takes 0.1 s. */
export function createFliteEngine(options: FliteEngineOptions): FliteEngine {
  return new FliteThread(
    options.logger,
    options.clauseTimeoutMs ?? DEFAULT_CLAUSE_TIMEOUT_MS,
    options.startWorker ?? startFliteWorker,
  );
}

class FliteThread implements FliteEngine {
  private worker: Worker | undefined;
  private running: Job | undefined;
  private timer: NodeJS.Timeout | undefined;
  private queue: Job[] = [];
  private lastId = 0;
  private closed = false;

  constructor(
    private readonly logger: Logger,
    private readonly clauseTimeoutMs: number,
    private readonly startWorker: () => Worker,
  ) {
    this.worker = this.newWorker();
  }

  speak(voice: string, text: string, signal: AbortSignal): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      if (this.closed) throw new ProviderError('tts', 'unavailable', 'The speech engine is closed.');
      const onAbort = () => {
        this.queue = this.queue.filter((queued) => queued !== job);
        reject(signal.reason as Error);
      };
      const job: Job = {
        id: ++this.lastId,
        voice,
        text,
        done: (outcome) => {
          signal.removeEventListener('abort', onAbort);
          if ('wav' in outcome) resolve(outcome.wav);
          else reject(outcome.error);
        },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.queue.push(job);
      this.next();
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    const worker = this.worker;
    this.worker = undefined;
    const error = new ProviderError('tts', 'unavailable', 'The speech engine was closed.');
    for (const job of this.queue.splice(0)) job.done({ error });
    this.settle({ error });
    await worker?.terminate();
  }

  private next(): void {
    if (this.running || this.closed) return;
    this.running = this.queue.shift();
    if (!this.running) return;
    const { id, voice, text } = this.running;
    this.worker ??= this.newWorker();
    this.worker.postMessage({ id, voice, text });
    this.timer = setTimeout(() => this.lose('timeout', 'The speech engine hung.'), this.clauseTimeoutMs);
  }

  private newWorker(): Worker {
    const worker = this.startWorker();
    worker.on('message', (answer: Answer) => this.answered(answer));
    worker.on('error', (err) => this.logger.error({ err }, 'The local speech thread failed.'));
    worker.on('exit', () => {
      if (this.worker === worker) this.lose('unavailable', 'The speech engine died.');
    });
    return worker;
  }

  private answered(answer: Answer): void {
    if (answer.id !== this.running?.id) return;
    const refused = 'failed' in answer;
    if (refused) this.logger.error({ errorName: answer.failed }, 'The local speech engine refused a clause.');
    const error = new ProviderError('tts', 'refused', 'The speech engine cannot speak this clause.');
    this.settle(refused ? { error } : { wav: answer.wav });
    this.next();
  }

  /** Gives up the thread and the clause it was speaking; the next clause gets a new thread. */
  private lose(kind: 'timeout' | 'unavailable', message: string): void {
    const worker = this.worker;
    this.worker = undefined;
    void worker?.terminate();
    this.logger.warn({ kind }, 'The local speech thread is gone; the next clause starts a new one.');
    this.settle({ error: new ProviderError('tts', kind, message) });
    this.next();
  }

  private settle(outcome: Parameters<Job['done']>[0]): void {
    clearTimeout(this.timer);
    const job = this.running;
    this.running = undefined;
    job?.done(outcome);
  }
}
