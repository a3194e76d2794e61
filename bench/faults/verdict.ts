/** Which promises a turn kept. Pure. */
import type { TurnResult } from './probe-call.js';

/** A slow turn gets a filler at 3 s at the latest; nobody hears 5 s of silence; every turn is answered. */
export const promises = { firstSoundMs: 3_000, silenceMs: 5_000 } as const;

export function brokenPromises(turn: TurnResult): string[] {
  const { firstSoundMs, longestSilenceMs, answer, answerMs } = turn;
  return [
    ...(firstSoundMs === null ? ['nothing was heard'] : []),
    ...(firstSoundMs !== null && firstSoundMs > promises.firstSoundMs
      ? [`the first sound came after ${firstSoundMs} ms`]
      : []),
    ...(longestSilenceMs > promises.silenceMs ? [`it was silent for ${longestSilenceMs} ms`] : []),
    ...(answer === null || answerMs === null ? ['the turn was not answered'] : []),
  ];
}
