/**
 * Recogniser processes for many calls. A decoder holds one utterance at a time and cannot share its 92 MB of model, so a
 * process has one decoder and serves one utterance from its first sound to its words; processes are started as
 * utterances overlap, up to a limit, and kept. Further utterances wait in line with their audio, which is decoded five
 * times as fast as it was spoken.
 */
import { ProviderError } from '../../ports.js';
import { RecognizerChild, type ChildOptions } from './recognizer-child.js';

/** The right to a process for one utterance. */
export interface Lease {
  /** Resolves when it is this utterance's turn. @throws ProviderError `unavailable` when the pool is closed first. */
  readonly child: Promise<RecognizerChild>;
  /** Gives the process, or the place in line, to the next. Safe to call twice. */
  release(): void;
}

interface Waiter {
  grant: (child: RecognizerChild) => void;
  refuse: (error: Error) => void;
}

export class RecognizerPool {
  private readonly children = new Set<RecognizerChild>();
  private idle: RecognizerChild[] = [];
  private waiting: Waiter[] = [];
  private closed = false;

  /** @param limit most processes at once. One is started right away, because loading the model takes 0.5 s. */
  constructor(
    private readonly options: ChildOptions,
    private readonly limit: number,
  ) {
    this.idle.push(this.startChild());
  }

  lease(): Lease {
    let granted: RecognizerChild | undefined;
    let waiter: Waiter | undefined;
    const child = new Promise<RecognizerChild>((resolve, reject) => {
      const grant = (own: RecognizerChild) => resolve((granted = own));
      waiter = { grant, refuse: reject };
      if (this.closed) throw closed();
      this.waiting.push(waiter);
      this.serve();
    });
    // Trouble is told by whoever awaits the child; an utterance may be cancelled without awaiting it.
    child.catch(() => undefined);
    const release = () => {
      this.waiting = this.waiting.filter((other) => other !== waiter);
      if (granted?.alive) this.idle.push(granted);
      granted = undefined;
      this.serve();
    };
    return { child, release };
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const waiter of this.waiting.splice(0)) waiter.refuse(closed());
    await Promise.all([...this.children].map((child) => child.close()));
  }

  private serve(): void {
    while (this.waiting.length > 0) {
      const child = this.idle.pop() ?? (this.children.size < this.limit ? this.startChild() : undefined);
      if (!child) return;
      this.waiting.shift()?.grant(child);
    }
  }

  private startChild(): RecognizerChild {
    const child = new RecognizerChild(this.options, () => this.lost(child));
    this.children.add(child);
    return child;
  }

  /** Replaces a process that worked. One that never did is tried again only for a new utterance: no loop of starts. */
  private lost(child: RecognizerChild): void {
    this.children.delete(child);
    this.idle = this.idle.filter((other) => other !== child);
    if (this.closed) return;
    this.serve();
    if (child.ready && this.children.size === 0) this.idle.push(this.startChild());
  }
}

const closed = () => new ProviderError('stt', 'unavailable', 'The recogniser is closed.');
