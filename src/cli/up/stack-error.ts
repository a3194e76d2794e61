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
  for (let at = error; at instanceof Error; at = at.cause)
    if (('code' in at && at.code === 'ENOSPC') || /no space left on device/i.test(at.message)) return true;
  return false;
}
