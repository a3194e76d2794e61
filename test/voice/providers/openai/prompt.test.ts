import { describe, expect, test } from '@jest/globals';
import { wordingMessages } from '../../../../src/voice/providers/openai/prompt.js';

const request = (history: { role: 'caller' | 'agent'; text: string }[]) => ({
  instructions: 'You answer for Hart & Cole.',
  history,
  act: { kind: 'ask_name', template: 'May I have\n your  full name?' },
});

describe('the messages for a wording', () => {
  test('hold persona, rules and the sentence to say in one system message', () => {
    const [system] = wordingMessages(request([{ role: 'caller', text: 'Hello.' }]));
    expect(system?.role).toBe('system');
    expect(system?.content.startsWith('You answer for Hart & Cole.')).toBe(true);
    expect(system?.content.endsWith('ACT: ask_name\nSAY: May I have your full name?')).toBe(true);
  });

  test('alternate strictly and end with the caller, whatever the history', () => {
    const histories = [
      [],
      [{ role: 'agent', text: 'Hello.' }],
      [
        { role: 'agent', text: 'Hello.' },
        { role: 'caller', text: 'Hi.' },
        { role: 'caller', text: 'I was hurt.' },
      ],
    ] as const;
    for (const history of histories) {
      const roles = wordingMessages(request([...history])).map(({ role }) => role);
      expect(roles[0]).toBe('system');
      expect(roles[1]).toBe('user');
      expect(roles.at(-1)).toBe('user');
      roles.forEach((role, at) => expect(role).not.toBe(roles[at - 1]));
    }
  });

  test('join what one speaker said in a row', () => {
    const history = [
      { role: 'caller', text: 'Hi.' },
      { role: 'caller', text: 'I was hurt.' },
    ] as const;
    expect(wordingMessages(request([...history])).at(-1)).toEqual({
      role: 'user',
      content: 'Hi.\nI was hurt.',
    });
  });
});
