import type { Logger } from '../telemetry/logger.js';

interface ClosingStep {
  what: string;
  limitMs: number;
  close: () => Promise<unknown>;
}

/** What has been opened, so that it can be closed in the opposite order, also when starting fails half-way. */
export class Closing {
  readonly #steps: ClosingStep[] = [];

  /** @param limitMs after this long the step is left behind; all limits of a process add up to its grace period. */
  add(what: string, limitMs: number, close: () => Promise<unknown>): void {
    this.#steps.unshift({ what, limitMs, close });
  }

  /** Closes everything, the newest first. A step that fails or takes too long is logged and the next gets its turn. */
  async run(logger: Logger): Promise<void> {
    for (const { what, limitMs, close } of this.#steps.splice(0)) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<'late'>((resolve) => (timer = setTimeout(() => resolve('late'), limitMs)));
      try {
        const outcome = await Promise.race([close(), late]);
        if (outcome === 'late') logger.warn({ what, limitMs }, 'closing takes too long and is left');
      } catch (error) {
        logger.warn({ what, err: error }, 'closing failed');
      } finally {
        clearTimeout(timer);
      }
    }
  }
}
