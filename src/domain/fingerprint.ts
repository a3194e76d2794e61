/**
 * What two failures must share to be the same failure. Ids, numbers and addresses are taken out of a message; what is
 * left names the field or the refusal. HTTP statuses stay: they tell refusals apart.
 */
const variable: readonly RegExp[] = [
  /\bcall_[0-9a-z]{20}(?:\.\w+)?/g,
  /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi,
  /\bhttps?:\/\/\S+/g,
  /\b[0-9a-f]{16,}\b/gi,
  /(?<!\b(?:HTTP|status) )(?<![A-Za-z\d])\d[\d.,:]*/g,
];
/** Longer messages are cut; the first words name the problem. */
const MAX_LENGTH = 200;

/** @returns the message with everything variable as `#`. */
export const failurePattern = (message: string): string =>
  variable.reduce((text, part) => text.replace(part, '#'), message).slice(0, MAX_LENGTH);
