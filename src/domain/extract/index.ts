/** Understanding a caller's words: what the rest of the system may use. */
export { CARD_REMOVED, redactCardNumbers } from './cards.js';
export { extractFrom, extractIntake } from './intake.js';
export type { ExtractInput } from './intake.js';
export { RULES_VERSION } from './record.js';
export type { FinishedCall } from './record.js';
