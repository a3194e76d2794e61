/**
 * Speech that needs no speech model: text as tones. Each byte of the UTF-8 text lasts 20 ms and sounds as two tones, one
 * for each half of the byte. All tones are multiples of 50 Hz, so each fits 20 ms in whole cycles: symbols join without
 * a click and do not disturb each other. They stay between 400 and 3,450 Hz, so that the telephone band, mu-law and any
 * resampling leave them readable. The sound starts and ends with marks that never occur in UTF-8.
 */
export const SYMBOL_MS = 20;

/** Tone of the high half of a byte, 0–15, in hertz. */
export const lowToneHz = (half: number): number => 400 + 100 * half;
/** Tone of the low half of a byte, 0–15, in hertz. */
export const highToneHz = (half: number): number => 1_950 + 100 * half;

/**
 * Sounds before the text, so that a voice detector that wakes up late costs no text: 300 ms, because such a detector takes
 * up to 60 ms and most gates let some 200 ms of run-up through. It keeps changing, as a steady tone is soon taken for noise.
 */
export const LEAD: readonly number[] = [
  0xff, 0xf8, 0xfc, 0xf9, 0xfe, 0xff, 0xf8, 0xfc, 0xf9, 0xfe, 0xff, 0xf8, 0xfc, 0xf9, 0xfe,
];
/** The text starts right after this; its edges are what the reader aligns to. */
export const START = 0xc0;
/** The text is over. */
export const END = 0xc1;
