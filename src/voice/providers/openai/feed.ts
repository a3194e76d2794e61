/** Hands what arrives in calls to a reader that awaits. */
export class Feed<T> {
  private readonly waiting: T[] = [];
  private ending: { error: unknown } | 'end' | undefined;
  private wake: () => void = () => undefined;

  push(value: T): void {
    this.waiting.push(value);
    this.wake();
  }

  /** What was pushed before is still read. The first ending stands. */
  end(): void {
    this.ending ??= 'end';
    this.wake();
  }

  /** The reader gets the error next; what it has not read is dropped. */
  fail(error: unknown): void {
    if (this.ending) return;
    this.ending = { error };
    this.waiting.length = 0;
    this.wake();
  }

  /** For one reader. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      const value = this.waiting.shift();
      if (value !== undefined) yield value;
      else if (this.ending === 'end') return;
      else if (this.ending) throw this.ending.error;
      else await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }
}
