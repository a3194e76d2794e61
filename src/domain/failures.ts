/**
 * Classes of failure of an outside call. The class decides what happens next (retry, wait, park, look up); messages are
 * for people. Class names travel in clear as Temporal failure types and search attributes.
 */
export const errorClasses = [
  /** The vendor asked us to slow down; honours Retry-After. */
  'rate_limited',
  /** The vendor is down or refuses connections; nothing was done. */
  'unavailable',
  /** Sent, no trustworthy answer: it may or may not have been done. Look up before sending anything again. */
  'outcome_unknown',
  /** Credentials missing, refused or revoked. */
  'auth',
  /** The vendor refuses this payload; only a person can change it. */
  'invalid',
  /** The vendor's state contradicts ours (deleted parent, two records under one key). */
  'conflict',
  /** Our own defect. */
  'internal',
] as const;
export type ErrorClass = (typeof errorClasses)[number];

/** Classes that mean the vendor gave no answer at all: signs of an outage, which a breaker counts. */
export const isSilence = (errorClass: ErrorClass): boolean =>
  errorClass === 'unavailable' || errorClass === 'outcome_unknown';

/** Classes that end by themselves when an outage does. */
export const outageClasses: readonly ErrorClass[] = ['unavailable', 'outcome_unknown', 'rate_limited'];

/** A failed outside call. `message` must hold no privileged word: status codes and field names only. */
export class OutsideError extends Error {
  override readonly name = 'OutsideError';
  /** The vendor refused this very request, or never got it: whatever it was to do has not been done. */
  readonly nothingDone: boolean;
  /**
   * @param retryAfterMs how long the vendor asked us to wait, when it said so.
   */
  constructor(
    readonly errorClass: ErrorClass,
    message: string,
    readonly retryAfterMs?: number,
    options: ErrorOptions & { nothingDone?: boolean } = {},
  ) {
    super(message, options);
    this.nothingDone = options.nothingDone ?? false;
  }
}
