/**
 * Repeats `probe` until it neither throws nor answers null, undefined or false, and gives its answer.
 * @throws Error naming `what` after `withinMs`, with the last failure as its cause and in its message.
 */
export async function eventually<T>(
  probe: () => Promise<T> | T,
  options: { withinMs: number; everyMs?: number; what: string },
): Promise<Exclude<T, null | undefined | false>> {
  const { withinMs, everyMs = 25, what } = options;
  const deadlineMs = Date.now() + withinMs;
  for (;;) {
    let failure: unknown = 'not yet';
    try {
      const answer = await probe();
      if (answer !== null && answer !== undefined && answer !== false)
        return answer as Exclude<T, null | undefined | false>;
    } catch (error) {
      failure = error;
    }
    if (Date.now() > deadlineMs) {
      const last = failure instanceof Error ? failure.message : String(failure);
      throw new Error(`${what}: not within ${withinMs} ms (last: ${last})`, { cause: failure });
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
