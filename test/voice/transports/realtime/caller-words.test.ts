import { expect, test } from '@jest/globals';
import { CallerWords } from '../../../../src/voice/transports/realtime/caller-words.js';
import { Conversation } from '../../../../src/voice/transports/realtime/conversation.js';
import type { ServerEvent } from '../../../../src/voice/transports/realtime/server-events.js';

function listen(): { words: CallerWords; events: ServerEvent[]; types: () => string[] } {
  const events: ServerEvent[] = [];
  let made = 0;
  const conversation = new Conversation((kind) => `${kind}_${++made}`);
  const words = new CallerWords({ say: (event) => events.push(event), conversation });
  return { words, events, types: () => events.map(({ type }) => type) };
}

test('words of an utterance that began on a line that broke become an item of their own', () => {
  const { words, events, types } = listen();
  words.understood('I was hurt in a crash.');
  expect(types()).toEqual(['conversation.item.added', 'conversation.item.done']);
  const content = [{ type: 'input_audio', transcript: 'I was hurt in a crash.' }];
  expect(events[1]).toMatchObject({ item: { role: 'user', content } });
});

test('of such an utterance in which nothing was said nothing is told', () => {
  const { words, types } = listen();
  words.understood('');
  words.failed();
  expect(types()).toEqual([]);
});

test('something is pending from the end of the audio to its words', () => {
  const { words, types } = listen();
  words.commit('item_a', 1.5);
  expect(words.pending).toBe(true);
  words.understood('Yes.');
  expect(words.pending).toBe(false);
  expect(types().slice(-2)).toEqual([
    'conversation.item.input_audio_transcription.completed',
    'conversation.item.done',
  ]);
});
