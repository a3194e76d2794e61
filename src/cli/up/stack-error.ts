import { errorCode } from './error-code.js';

/** Something a person can mend: one short message and what to do next. Shown without a stack. */
export class StackError extends Error {
  override readonly name = 'StackError';

  /** @param next one sentence: the next step. */
  constructor(
    message: string,
    readonly next: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Whether any error in the chain of causes means that the disk is full. */
export function isDiskFull(error: unknown): boolean {
  if (errorCode(error) === 'ENOSPC') return true;
  if (!(error instanceof Error)) return false;
  return /no space left on device/i.test(error.message) || isDiskFull(error.cause);
}
