import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { frameSplitter } from '../../../../src/voice/audio/pcm.js';
import { createOpenAiLanguageModel } from '../../../../src/voice/providers/openai/language-model.js';
import { createOpenAiSpeechToText } from '../../../../src/voice/providers/openai/speech-to-text.js';
import { createOpenAiTextToSpeech } from '../../../../src/voice/providers/openai/text-to-speech.js';
import type { LanguageModel, SpeechToText, TextToSpeech } from '../../../../src/voice/ports.js';
import { apiKey, startOpenAi, type RunningOpenAi } from '../../../standins/openai/running.js';
import { all, never } from './support.js';

let openai: RunningOpenAi;
let llm: LanguageModel;
let tts: TextToSpeech;
let stt: SpeechToText;

beforeAll(async () => {
  openai = await startOpenAi();
  const endpoint = { baseUrl: openai.baseUrl, apiKey };
  llm = createOpenAiLanguageModel({ ...endpoint, model: 'gpt-6-luna' });
  tts = await createOpenAiTextToSpeech({ ...endpoint, model: 'gpt-4o-mini-tts', voice: 'marin' });
  stt = await createOpenAiSpeechToText({ ...endpoint, model: 'gpt-live-transcribe', spareSockets: 0 });
});
afterAll(async () => {
  await Promise.all([llm.close(), tts.close(), stt.close()]);
  await openai.close();
});

test('what the model words is spoken, and what is spoken is understood', async () => {
  const template = 'Thank you, María. On which day were you hurt?';
  const act = { kind: 'ask_date', template };
  const words = (await all(llm.word({ instructions: 'Be kind.', history: [], act }, never))).join('');
  const recognition = stt.start();
  const frames = frameSplitter();
  for await (const chunk of tts.speak(words, never)) frames.push(chunk).forEach((f) => recognition.push(f));
  frames.flush().forEach((frame) => recognition.push(frame));
  expect(await recognition.finish(never)).toBe(template);
  await openai.streamsBecome({ open: 0, finished: 2, aborted: 0, realtimeOpen: 0, realtimeOpened: 1 });
});
