/**
 * Who holds the floor. The caller does from the start of an utterance until it is known what it was: the agent thinks
 * meanwhile but does not begin to speak. The agent does while it says something that is no reply.
 */
type Holder = 'caller' | 'agent';

export class Floor {
  readonly #onChange: () => void;
  readonly #taken: Record<Holder, number> = { caller: 0, agent: 0 };
  #waiting: (() => void)[] = [];

  /** @param onChange the floor was taken or given back; called before anybody who waits for it may begin. */
  constructor(onChange: () => void = () => undefined) {
    this.#onChange = onChange;
  }

  /** By anybody, or by this holder. */
  isTaken(by?: Holder): boolean {
    return by ? this.#taken[by] > 0 : this.#taken.caller + this.#taken.agent > 0;
  }

  take(holder: Holder = 'caller'): void {
    this.#taken[holder] += 1;
    this.#onChange();
  }

  give(holder: Holder = 'caller'): void {
    this.#taken[holder] -= 1;
    this.#onChange();
    if (this.#taken[holder] > 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** Resolves when nobody holds the floor, or this holder does not; at once when that is so already. */
  async free(of?: Holder): Promise<void> {
    while (this.isTaken(of)) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
