import { expect, test } from '@jest/globals';
import { createFailoverLanguageModel } from '../../../../src/voice/providers/resilience/language-model.js';
import { createFailoverSpeechToText } from '../../../../src/voice/providers/resilience/speech-to-text.js';
import { createFailoverTextToSpeech } from '../../../../src/voice/providers/resilience/text-to-speech.js';
import { circuitOf, ears, model, voice } from './support.js';

test('the pickup reaches the engine of each stage, but no model that is left alone', () => {
  const warmed: string[] = [];
  const warm = (name: string) => ({ prewarm: () => void warmed.push(name) });
  const words = () => Promise.resolve('');
  const [first, second] = [circuitOf('llm'), circuitOf('llm')];
  for (let n = 0; n < 3; n += 1) first.failed();
  const stages = [
    createFailoverSpeechToText({
      primary: { ...ears(words), ...warm('stt') },
      circuit: circuitOf('stt'),
      fallback: () => null,
      answerMs: 50,
    }),
    createFailoverLanguageModel({
      endpoints: [
        { engine: { ...model([]), ...warm('llm-1') }, circuit: first },
        { engine: { ...model([]), ...warm('llm-2') }, circuit: second },
      ],
      firstTokenMs: 50,
    }),
    createFailoverTextToSpeech({
      primary: { ...voice(1, 10), ...warm('tts') },
      circuit: circuitOf('tts'),
      fallback: () => null,
      firstAudioMs: 50,
    }),
  ];
  for (const stage of stages) stage.prewarm?.();
  expect(warmed).toEqual(['stt', 'llm-2', 'tts']);
});
