import { setTimeout as pause } from 'node:timers/promises';
import { shownPath } from '../data-dir.js';
import { isDiskFull, StackError } from '../stack-error.js';
import { startChild, type Child, type ChildSpec, type Exit } from './child.js';
import { LogFile } from './log-file.js';
import type { Reaper } from './reaper.js';

export interface ServiceDefinition {
  spec: ChildSpec;
  /** Settles when the started process does its work; rejects when it says that it cannot. */
  ready(child: Child, signal: AbortSignal): Promise<void>;
  readyWithinMs: number;
  /** How long it may take to stop before it is killed. */
  graceMs: number;
  /** Clears the way before every start. */
  beforeStart?: () => Promise<void>;
}

export interface ServiceDeps {
  reaper: Reaper;
  logPath: string;
  /** Told about crashes and recoveries, one line each. */
  note: (line: string) => void;
}

/** Restarts wait 1 s, 2 s, 4 s … 30 s; a process that then stays up for a minute starts from 1 s again. */
const BACKOFF_MS = { first: 1_000, last: 30_000, forgivenAfter: 60_000 };
const SHOWN_LOG_LINES = 15;

/** A process that is kept running: started until ready, started again when it dies, stopped when asked. */
export class Service {
  readonly name: string;
  readonly #log: LogFile;
  #child: Child | undefined;
  /** From a start to the stop that answers it; aborted by the stop. */
  #session: AbortController | undefined;
  #failures = 0;

  constructor(
    private readonly definition: ServiceDefinition,
    private readonly deps: ServiceDeps,
  ) {
    this.name = definition.spec.name;
    this.#log = new LogFile(deps.logPath);
  }

  /** Of the running process. */
  get pid(): number | undefined {
    return this.#child?.isRunning ? this.#child.pid : undefined;
  }

  /** @throws StackError with the last log lines when it does not become ready; it is down then. */
  async start(): Promise<void> {
    if (this.#session) return;
    const session = new AbortController();
    this.#session = session;
    await this.#launch(session.signal).catch((error: unknown) => {
      if (this.#session === session) this.#session = undefined;
      throw error;
    });
  }

  /** Stops it; it stays down until `start`. Never rejects. */
  async stop(): Promise<void> {
    this.#session?.abort(new Error('stopped'));
    this.#session = undefined;
    await this.#child?.stop(this.definition.graceMs);
  }

  /** Ends the process without warning, like a crash; it is then started again like after one. */
  kill(): void {
    this.#child?.kill();
  }

  /** Stops it for good, within `graceMs` if given, and closes its log. */
  async dispose(graceMs = this.definition.graceMs): Promise<void> {
    this.#session?.abort(new Error('stopped'));
    await this.#child?.stop(graceMs);
    this.#log.close();
  }

  async #launch(session: AbortSignal): Promise<void> {
    await this.definition.beforeStart?.();
    session.throwIfAborted();
    const child = startChild(this.definition.spec, this.deps.reaper, this.#log);
    this.#child = child;
    const startedMs = Date.now();
    try {
      await this.#untilReady(child, session);
    } catch (error) {
      await child.stop(this.definition.graceMs);
      throw this.#failure(error);
    }
    void child.exited.then((exit) => {
      if (Date.now() - startedMs > BACKOFF_MS.forgivenAfter) this.#failures = 0;
      return this.#revive(describe(exit), session);
    });
  }

  async #untilReady(child: Child, session: AbortSignal): Promise<void> {
    const { readyWithinMs } = this.definition;
    const late = new AbortController();
    const giveUp = (): void => late.abort(new Error(`not ready within ${readyWithinMs / 1_000} s`));
    const timer = setTimeout(giveUp, readyWithinMs);
    const signal = AbortSignal.any([late.signal, session]);
    const ended = child.exited.then((exit) => {
      throw new Error(`ended at once (${describe(exit)})`);
    });
    ended.catch(() => undefined); // it may end long after it was ready
    try {
      await Promise.race([this.definition.ready(child, signal), ended, aborted(signal)]);
    } finally {
      clearTimeout(timer);
      late.abort(new Error('over'));
    }
  }

  /** Starts it again and again, each time after a longer wait, until it runs or the session is over. */
  async #revive(how: string, session: AbortSignal): Promise<void> {
    while (!session.aborted) {
      const waitMs = Math.min(BACKOFF_MS.last, BACKOFF_MS.first * 2 ** this.#failures);
      this.#failures += 1;
      this.deps.note(`${this.name} ended (${how}); starting it again in ${waitMs / 1_000} s`);
      try {
        await pause(waitMs, undefined, { signal: session });
        await this.#launch(session);
        this.deps.note(`${this.name} runs again`);
        return;
      } catch (error) {
        how = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : 'unknown';
      }
    }
  }

  #failure(error: unknown): StackError {
    const why = error instanceof Error ? error.message : 'failed';
    const tail = this.#log.tail(SHOWN_LOG_LINES);
    const lines = tail.map((line) => `  | ${line}`).join('\n');
    if (isDiskFull(error) || isDiskFull(new Error(tail.join('\n'))))
      return new StackError(
        `${this.name} could not start: the disk is full.`,
        'Free some space and start again.',
      );
    return new StackError(
      `${this.name} did not start: ${why}.${lines && `\n${lines}`}`,
      `Its whole log is ${shownPath(this.deps.logPath)}.`,
      { cause: error },
    );
  }
}

const describe = ({ code, signal }: Exit): string => (signal ? `killed by ${signal}` : `exit code ${code}`);

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    const give = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('stopped'));
    if (signal.aborted) give();
    else signal.addEventListener('abort', give, { once: true });
  });
