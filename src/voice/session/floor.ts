/**
 * Whether the caller holds the floor: from the start of an utterance until it is known what it was. The agent thinks
 * meanwhile but does not begin to speak.
 */
export class Floor {
  #taken = 0;
  #waiting: (() => void)[] = [];

  take(): void {
    this.#taken += 1;
  }

  give(): void {
    this.#taken -= 1;
    if (this.#taken > 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** Resolves when nobody holds the floor; at once when nobody does. */
  async free(): Promise<void> {
    while (this.#taken > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
