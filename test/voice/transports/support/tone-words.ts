/** Speech a computer understands for certain: one tone for each phrase. It survives the telephone, or the test fails. */
import { concatSamples } from '../../../../src/voice/audio/pcm.js';
import type { Recognition, SpeechToText } from '../../../../src/voice/ports.js';
import { rms, tone } from '../../audio/tones.js';

const phrases: Readonly<Record<string, number>> = { 'I slipped': 450, 'on the stairs': 900, bye: 1_700 };
/** A tone at half of full scale has an RMS of 11,600; what the network and the filter add stays far below. */
const LOUD = 1_000;

/** The phrase, 400 ms long, and the silence after it. */
export const said = (phrase: string, silenceMs = 0, rateHz = 8_000): Int16Array =>
  concatSamples([tone(phrases[phrase] ?? 0, 0.4, rateHz), new Int16Array((silenceMs * rateHz) / 1_000)]);

/** Stands for the detector of speech. */
export const loudness = () => ({
  isVoiced: (frame: Int16Array) => rms(frame) > LOUD,
  close: () => undefined,
});

/** Power of one frequency in 16 kHz audio. */
function power(samples: Int16Array, hz: number): number {
  let [re, im] = [0, 0];
  samples.forEach((sample, n) => {
    re += sample * Math.cos((2 * Math.PI * hz * n) / 16_000);
    im += sample * Math.sin((2 * Math.PI * hz * n) / 16_000);
  });
  return re * re + im * im;
}

/** Recognises the phrase whose tone is loudest in the utterance, from the 200 ms around its middle. */
export function toneEars(): SpeechToText {
  return {
    name: 'tone ears',
    start(): Recognition {
      const frames: Int16Array[] = [];
      return {
        push: (frame) => void frames.push(frame),
        finish() {
          const voiced = concatSamples(frames.filter((frame) => rms(frame) > LOUD));
          const ranked = Object.entries(phrases).map(([phrase, hz]) => ({
            phrase,
            power: power(voiced, hz),
          }));
          ranked.sort((a, b) => b.power - a.power);
          return Promise.resolve(ranked[0]?.phrase ?? '');
        },
        cancel: () => undefined,
      };
    },
    close: () => Promise.resolve(),
  };
}
