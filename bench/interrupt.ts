/** @returns what aborts when somebody at the terminal, or the system, wants an end. */
export function interruptible(): AbortController {
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => interrupt.abort(new Error('interrupted')));
  return interrupt;
}
