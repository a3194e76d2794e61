/** Sounds that say no more than "I am listening" or "let me think". "Yes" and "okay" are words: they may be an answer. */
const SOUND = /^(?:m+h?m*|hm+|u+h|u+m|a+h|o+h|e+r|e+rm|e+h|huh|uhhuh|mmhmm?)$/;

/** Whether these recognised words are such sounds only; false when there are none. */
export function isOnlyBackchannel(text: string): boolean {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.length > 0 && words.every((word) => SOUND.test(word));
}
