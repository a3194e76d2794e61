/** Many callers of the same costly thing, served together. */

/**
 * Runs `work` at once for the first that comes; who comes while it runs waits and goes with all the others that do, in one
 * more run. Nobody waits longer than two runs, and no time is spent waiting for company.
 * @returns a function that ends when the run that took its items does, and fails with it.
 */
export function together<T>(
  work: (items: readonly T[]) => Promise<void>,
): (items: readonly T[]) => Promise<void> {
  let waiting: T[] = [];
  let underWay: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  return (items) => {
    waiting.push(...items);
    next ??= underWay.then(() => {
      const taken = waiting;
      waiting = [];
      next = undefined;
      const run = work(taken);
      underWay = run.catch(() => undefined);
      return run;
    });
    return next;
  };
}
