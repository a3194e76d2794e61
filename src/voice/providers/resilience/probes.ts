/** The smallest real request to each kind of engine. They run off the path of any call, and only after failures. */
import { FRAME_SAMPLES, type LanguageModel, type SpeechToText, type TextToSpeech } from '../../ports.js';

/** Half a second: servers refuse less than 100 ms. */
const SILENT_FRAMES = 25;

/** Hears half a second of silence. @throws ProviderError */
export const probeSpeechToText =
  (engine: SpeechToText) =>
  async (signal: AbortSignal): Promise<void> => {
    const recognition = engine.start();
    try {
      for (let n = 0; n < SILENT_FRAMES; n += 1) recognition.push(new Int16Array(FRAME_SAMPLES));
      await recognition.finish(signal);
    } finally {
      recognition.cancel();
    }
  };

/** Words one syllable and stops at the first piece, which cancels the rest upstream. @throws ProviderError */
export const probeLanguageModel =
  (engine: LanguageModel) =>
  async (signal: AbortSignal): Promise<void> => {
    const act = { kind: 'probe', template: 'Yes.' };
    for await (const piece of engine.word({ instructions: 'Say yes.', history: [], act }, signal))
      if (piece !== '') return;
    throw new Error('The probe got no words.');
  };

/** Speaks one word. @throws ProviderError */
export const probeTextToSpeech =
  (engine: TextToSpeech) =>
  async (signal: AbortSignal): Promise<void> => {
    let samples = 0;
    for await (const chunk of engine.speak('Hello.', signal)) samples += chunk.length;
    if (samples === 0) throw new Error('The probe got no sound.');
  };
