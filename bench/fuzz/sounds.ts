/** What callers sound like: real tones that a real detector takes for speech, silence, noise. */
import { speakInTones } from '../../standins/openai/tone-code/encode.js';
import { encodeMulaw } from '../../src/voice/audio/mulaw.js';
import type { Dice } from './dice.js';

const SENTENCE = 'my landlord changed the locks on thursday';

/** Frames of 20 ms at a rate: `speech` in order, `silence` one frame. */
export interface Sounds {
  speech: Int16Array[];
  silence: Int16Array;
}

export function soundsAt(rateHz: number): Sounds {
  const perFrame = rateHz / 50;
  const whole = speakInTones(SENTENCE, rateHz);
  const speech: Int16Array[] = [];
  for (let at = 0; at + perFrame <= whole.length; at += perFrame) speech.push(whole.slice(at, at + perFrame));
  return { speech, silence: new Int16Array(perFrame) };
}

/** One turn of a caller: 0.1 to 1 s of speech, then 0.1 to 0.8 s of silence; now and then noise. */
export function* turnOf(sounds: Sounds, dice: Dice): Generator<Int16Array> {
  const from = dice.upTo(sounds.speech.length / 2);
  const noisy = dice.chance(0.1);
  for (const frame of sounds.speech.slice(from, from + 5 + dice.upTo(45)))
    yield noisy ? noise(frame.length, dice) : frame;
  for (let n = 5 + dice.upTo(35); n > 0; n--) yield sounds.silence;
}

const noise = (samples: number, dice: Dice): Int16Array =>
  Int16Array.from({ length: samples }, () => dice.upTo(65_536) - 32_768);

export const pcmBytes = (frame: Int16Array): Buffer =>
  Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
export const mulawBytes = (frame: Int16Array): Buffer => encodeMulaw(frame);
