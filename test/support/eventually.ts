/**
 * Limits are written for a machine that has nothing else to do. On one that is shared the same work was seen to
 * take up to three times as long, so a wait gives up only then. A duration that is itself promised is measured, not awaited.
 */
const patience = 3;

/**
 * Repeats `probe` until it neither throws nor answers null, undefined or false, and gives its answer.
 * @throws Error naming `what` after `patience` times `withinMs`, with the last failure as its cause and in its message.
 */
export async function eventually<T>(
  probe: () => Promise<T> | T,
  options: { withinMs: number; everyMs?: number; what: string },
): Promise<Exclude<T, null | undefined | false>> {
  const { withinMs, everyMs = 25, what } = options;
  const deadlineMs = Date.now() + patience * withinMs;
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
      throw new Error(`${what}: not within ${patience * withinMs} ms (last: ${last})`, { cause: failure });
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
