/** Keeps a prepared reply back until it is known to be the answer. */
export class Hold {
  /** Resolves when the reply need not wait any longer, to be heard or to be forgotten. */
  readonly released: Promise<void>;
  #resolve: () => void = () => undefined;
  #state: 'held' | 'released' | 'forgotten' = 'held';
  #waiting: (() => void)[] = [];

  constructor() {
    this.released = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** Decided, one way or the other. */
  get over(): boolean {
    return this.#state !== 'held';
  }

  /** Does it now, when the reply has been released, or then; never when it is forgotten. */
  whenReleased(act: () => void): void {
    if (this.#state === 'released') act();
    else if (this.#state === 'held') this.#waiting.push(act);
  }

  release(): void {
    this.#end('released');
    for (const act of this.#waiting.splice(0)) act();
  }

  forget(): void {
    this.#end('forgotten');
    this.#waiting = [];
  }

  #end(state: 'released' | 'forgotten'): void {
    if (this.over) return;
    this.#state = state;
    this.#resolve();
  }
}
