/** Background jobs that are tried until they succeed, a few at a time. */

const INITIAL_MS = 1_000;
const LONGEST_MS = 60_000;
/** Attempts under way at once: uploads share the process with the calls. */
const AT_ONCE = 2;

export interface RetriesOptions {
  initialMs?: number | undefined;
  onFailure: (id: string, error: unknown, attempt: number) => void;
}

interface Job {
  abort: AbortController;
  done: Promise<void>;
}

export class Retries {
  readonly #options: RetriesOptions;
  readonly #jobs = new Map<string, Job>();
  #running = 0;
  #waiting: (() => void)[] = [];

  constructor(options: RetriesOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#jobs.size;
  }

  /** Starts a job; one with the same id is stopped first. */
  run(id: string, attempt: (signal: AbortSignal) => Promise<void>): void {
    const earlier = this.stop(id);
    const abort = new AbortController();
    const job: Job = { abort, done: earlier.then(() => this.#untilDone(id, attempt, abort.signal)) };
    this.#jobs.set(id, job);
    void job.done.then(() => {
      if (this.#jobs.get(id) === job) this.#jobs.delete(id);
    });
  }

  /** Resolves when no attempt of this job is under way and none will come. */
  async stop(id: string): Promise<void> {
    const job = this.#jobs.get(id);
    job?.abort.abort(new Error('the job was stopped'));
    await job?.done;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#jobs.keys()].map((id) => this.stop(id)));
  }

  /** Never rejects. */
  async #untilDone(
    id: string,
    attempt: (signal: AbortSignal) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const firstMs = this.#options.initialMs ?? INITIAL_MS;
    const stopped = (): boolean => signal.aborted;
    for (let n = 1; !stopped(); n++) {
      await this.#turn();
      try {
        if (!stopped()) await attempt(signal);
        return;
      } catch (error) {
        if (stopped()) return;
        this.#options.onFailure(id, error, n);
      } finally {
        this.#running -= 1;
        this.#waiting.shift()?.();
      }
      await pause(Math.min(LONGEST_MS, firstMs * 2 ** (n - 1)), signal);
    }
  }

  async #turn(): Promise<void> {
    while (this.#running >= AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running += 1;
  }
}

/** Waits, or less when the signal says so. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
