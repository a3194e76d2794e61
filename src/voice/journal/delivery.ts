/** Hands journalled events to the intake: in order within a call, calls side by side, for as long as it takes. */
import { randomInt } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { Logger } from '../../telemetry/logger.js';
import type { CallHeader, IntakeSink } from '../ports.js';
import type { Entry } from './recovery.js';

export interface DeliveryOptions {
  /** First wait after a failure; doubles with each further one. */
  retryInitialMs: number;
  retryMaxMs: number;
  /** A delivery that takes longer counts as failed and is made again: the sink knows duplicates. */
  deliverTimeoutMs: number;
}

export const defaultDelivery: DeliveryOptions = {
  retryInitialMs: 100,
  retryMaxMs: 10_000,
  deliverTimeoutMs: 30_000,
};

/** 50 turns of the largest size are 1 MB, half of what Temporal takes in one signal. */
const MAX_BATCH = 50;
/** Deliveries at once, so that an hour's backlog does not fall on Temporal in one blow. */
const MAX_PARALLEL = 16;

export interface DeliveryDeps {
  sink: IntakeSink;
  logger: Logger;
  options: DeliveryOptions;
  onHandedOver: (call: CallHeader, entries: readonly Entry[]) => void;
}

interface CallQueue {
  call: CallHeader;
  entries: Entry[];
  running: boolean;
  failures: number;
}

export class Delivery {
  readonly #deps: DeliveryDeps;
  readonly #queues = new Map<string, CallQueue>();
  readonly #stop = new AbortController();
  #slots = MAX_PARALLEL;
  #waitingForSlot: (() => void)[] = [];
  #idleWaiters: (() => void)[] = [];

  constructor(deps: DeliveryDeps) {
    this.#deps = deps;
    // One listener per waiting call is what it is for.
    setMaxListeners(0, this.#stop.signal);
  }

  /** Queues events of one call, in order. */
  offer(call: CallHeader, entries: readonly Entry[]): void {
    if (entries.length === 0) return;
    const queue = this.#queues.get(call.callId) ?? { call, entries: [], running: false, failures: 0 };
    this.#queues.set(call.callId, queue);
    queue.entries.push(...entries);
    if (!queue.running) void this.#run(queue);
  }

  /** Calls whose last delivery failed. */
  get failingCalls(): number {
    return [...this.#queues.values()].filter((queue) => queue.failures > 0).length;
  }

  /**
   * Stops. Waits until everything is handed over, or until only calls remain that keep failing and can be left to the
   * next process, or until the deadline.
   */
  async close(deadlineMs: number, canBeLeft: (entry: Entry) => boolean): Promise<void> {
    const settled = (): boolean =>
      [...this.#queues.values()].every((queue) => queue.failures > 0 && queue.entries.every(canBeLeft));
    const late = new AbortController();
    const timer = setTimeout(() => {
      late.abort();
      this.#notify();
    }, deadlineMs);
    while (!settled() && !late.signal.aborted)
      await new Promise<void>((resolve) => this.#idleWaiters.push(resolve));
    clearTimeout(timer);
    this.#stop.abort();
  }

  async #run(queue: CallQueue): Promise<void> {
    const { signal } = this.#stop;
    queue.running = true;
    while (queue.entries.length > 0 && !signal.aborted) {
      const batch = queue.entries.slice(0, MAX_BATCH);
      if (await this.#deliver(queue, batch)) {
        queue.entries.splice(0, batch.length);
        queue.failures = 0;
        this.#deps.onHandedOver(queue.call, batch);
      } else {
        queue.failures += 1;
        this.#notify();
        await pause(this.#backoffMs(queue.failures), signal);
      }
    }
    queue.running = false;
    if (queue.entries.length === 0) this.#queues.delete(queue.call.callId);
    this.#notify();
  }

  async #deliver(queue: CallQueue, batch: readonly Entry[]): Promise<boolean> {
    await this.#takeSlot();
    const { sink, logger, options } = this.#deps;
    const events = batch.map((entry) => entry.event);
    try {
      await orGiveUp(sink.deliver(queue.call, events), options.deliverTimeoutMs, this.#stop.signal);
      return true;
    } catch (error) {
      const fields = { err: error, callId: queue.call.callId, failures: queue.failures + 1 };
      // The first failure of a call is worth a line; after that one in ten is enough through a long outage.
      if (queue.failures % 10 === 0)
        logger.warn(fields, 'turns could not be handed to the intake, will retry');
      return false;
    } finally {
      this.#giveSlot();
    }
  }

  /** Doubling wait, the upper half of it random, so that calls do not retry in step. */
  #backoffMs(failures: number): number {
    const { retryInitialMs, retryMaxMs } = this.#deps.options;
    const capMs = Math.min(retryMaxMs, retryInitialMs * 2 ** Math.min(failures - 1, 20));
    return capMs / 2 + randomInt(0, Math.max(1, Math.ceil(capMs / 2)));
  }

  async #takeSlot(): Promise<void> {
    while (this.#slots === 0) await new Promise<void>((resolve) => this.#waitingForSlot.push(resolve));
    this.#slots -= 1;
  }

  #giveSlot(): void {
    this.#slots += 1;
    this.#waitingForSlot.shift()?.();
  }

  #notify(): void {
    const waiters = this.#idleWaiters;
    this.#idleWaiters = [];
    for (const resolve of waiters) resolve();
  }
}

/** Resolves after the time or when the signal aborts, whichever is first. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}

/** The work's own outcome, or a rejection after the time or when the signal aborts. */
function orGiveUp<T>(work: Promise<T>, ms: number, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
    };
    const giveUp = (): void => {
      settle();
      reject(new Error('gave up waiting for the intake'));
    };
    const timer = setTimeout(giveUp, ms);
    signal.addEventListener('abort', giveUp, { once: true });
    void work.then(resolve, reject).finally(settle);
  });
}
