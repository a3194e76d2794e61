import { describe, expect, test } from '@jest/globals';
import type { WordingRequest } from '../../../../src/voice/ports.js';
import { createScriptedLanguageModel } from '../../../../src/voice/providers/scripted/language-model.js';

const request = (template: string): WordingRequest => ({
  instructions: '',
  history: [],
  act: { kind: 'ask', template },
});

async function words(template: string, signal = new AbortController().signal): Promise<string[]> {
  const pieces: string[] = [];
  for await (const piece of createScriptedLanguageModel().word(request(template), signal)) pieces.push(piece);
  return pieces;
}

describe('scripted language model', () => {
  test('the template is said as it is, sentence by sentence', async () => {
    const pieces = await words('I am sorry to hear that. What is your name?');
    expect(pieces).toEqual(['I am sorry to hear that. ', 'What is your name? ']);
  });

  test('a long sentence comes in clauses and loses no word', async () => {
    const template = `Before we go on I need to tell you that this call is recorded, ${'and so on, '.repeat(30)}thank you.`;
    const pieces = await words(template);
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.join('').trim()).toBe(template);
  });

  test('an interruption between clauses ends it with the reason', async () => {
    const controller = new AbortController();
    const pieces: string[] = [];
    const speaking = (async () => {
      const { signal } = controller;
      for await (const piece of createScriptedLanguageModel().word(request('One. Two. Three.'), signal)) {
        pieces.push(piece);
        controller.abort(new Error('interrupted'));
      }
    })();
    await expect(speaking).rejects.toThrow('interrupted');
    expect(pieces).toEqual(['One. ']);
  });
});
