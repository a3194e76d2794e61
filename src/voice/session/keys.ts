/** Keys the caller presses, gathered into one turn. */
import { isWholeKeyed, type KeysExpected, turnOfKeys } from '../../domain/keypad.js';

/** Longer than any number a caller is asked for; what follows begins anew. */
const MAX_KEYS = 32;
/**
 * A row that is a whole answer ends this much later, because it may be the beginning of a longer one: the first ten digits
 * of a card number look like a telephone number, and only the whole of it is recognised and cut out. Within a number
 * people press two to four keys a second.
 */
const WHOLE_MS = 700;

export interface KeysDeps {
  /** Pause that ends a row, milliseconds. */
  pauseMs: number;
  /** A row begins: the caller has the floor. */
  onBegin: () => void;
  /** The row is finished. */
  onTurn: (text: string) => void;
}

export class Keys {
  readonly #deps: KeysDeps;
  #row = '';
  #timer: NodeJS.Timeout | undefined;
  #expected: KeysExpected = 'any';

  constructor(deps: KeysDeps) {
    this.#deps = deps;
  }

  /** What the agent has just asked for. A row in progress is read by this too. */
  expect(expected: KeysExpected): void {
    this.#expected = expected;
  }

  /** Takes a key: `#` ends the row, `*` begins it anew. */
  press(key: string): void {
    if (this.#timer === undefined) this.#deps.onBegin();
    clearTimeout(this.#timer);
    if (key === '*') this.#row = '';
    else if (key !== '#') this.#row += key;
    const { pauseMs } = this.#deps;
    const whole = isWholeKeyed(this.#row, this.#expected);
    this.#timer = setTimeout(() => this.finish(), whole ? Math.min(pauseMs, WHOLE_MS) : pauseMs);
    if (key === '#' || this.#row.length >= MAX_KEYS) this.finish();
  }

  /** Hands over what there is, now. */
  finish(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const row = this.#row;
    this.#row = '';
    this.#deps.onTurn(turnOfKeys(row, this.#expected));
  }
}
