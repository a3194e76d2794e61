/** Whether the spool may still grow: a store that is down for days must not fill the disk the journal needs. */
import type { Logger } from '../../telemetry/logger.js';

export class SpoolRoom {
  readonly #mostBytes: number;
  readonly #logger: Logger;
  #full = false;

  constructor(mostBytes: number, logger: Logger) {
    this.#mostBytes = mostBytes;
    this.#logger = logger;
  }

  /** Says so in the log when it changes. @param bytes what the spool takes now. */
  isLeft(bytes: number): boolean {
    const full = bytes >= this.#mostBytes;
    if (full === this.#full) return !full;
    this.#full = full;
    if (full)
      this.#logger.error(
        { bytes },
        'the spool of recordings is full, nothing is recorded until it is emptier',
      );
    else this.#logger.info({ bytes }, 'the spool of recordings has room again');
    return !full;
  }
}
