/** Keys the caller presses, gathered into one typed turn. */

/** A person dials a digit in under a second; after this pause the number is finished. */
const PAUSE_MS = 2_000;
/** Longer than any number a caller is asked for; what follows begins anew. */
const MAX_DIGITS = 32;

export interface DigitOptions {
  onDigits: (digits: string) => void;
  /**
   * Says whether the digits so far are a whole answer to what was asked (ten of a telephone number, one of a menu), so
   * that nobody waits for the pause. Default: never.
   */
  isComplete?: (digits: string) => boolean;
  pauseMs?: number;
}

export interface Digits {
  /** Takes a key; `#` ends the number. */
  press(key: string): void;
  /** Hands over what there is, now. */
  finish(): void;
}

export function createDigits({
  onDigits,
  isComplete = () => false,
  pauseMs = PAUSE_MS,
}: DigitOptions): Digits {
  let digits = '';
  let timer: NodeJS.Timeout | undefined;
  const finish = (): void => {
    clearTimeout(timer);
    const whole = digits;
    digits = '';
    if (whole !== '') onDigits(whole);
  };
  return {
    press(key) {
      if (key !== '#') digits += key;
      if (key === '#' || digits.length >= MAX_DIGITS || isComplete(digits)) finish();
      else {
        clearTimeout(timer);
        timer = setTimeout(finish, pauseMs);
      }
    },
    finish,
  };
}
