import { describe, expect, test } from '@jest/globals';
import { permitted } from '../../../src/domain/agent/permitted.js';
import { silenceAct, silenceReachOf } from '../../../src/domain/agent/silence.js';
import { questions } from '../../../src/domain/extract/question.js';
import { converse, firm } from '../conversation.js';

const start = ['yes that is fine i was hurt in a car accident', 'my name is maria lopez'];
const after = (lines: string[], step: 1 | 2 | 'close') => silenceAct(converse(lines).turns, firm, step);

describe('what the agent says to a caller who says nothing', () => {
  test('leads back to the open question first, and asks only whether it is heard the second time', () => {
    expect(after(start, 1)).toMatchObject({ asks: 'phone', closesCall: false });
    expect(after(start, 1).template).toContain('number');
    expect(after(start, 2).template).toContain('I can not hear you');
    expect(after([], 1).template).toContain('recorded');
  });

  test('promises a call back only to a caller who can be reached', () => {
    expect(after(start, 'close').template).toContain('You can call back at any time.');
    const reachable = after([...start, '512 555 0142'], 'close');
    expect(reachable.template).toContain('someone will call you back');
    expect(reachable.closesCall).toBe(true);
  });

  test('may be spoken, asks one thing at most, and needs no sign to be read aloud', () => {
    const said = new Set<string>();
    const calls = [[], start, [...start, '512 555 0142'], ['i want to kill myself']];
    for (const lines of calls)
      for (const step of [1, 2, 'close'] as const) said.add(after(lines, step).template);
    expect(said.size).toBeGreaterThan(6);
    for (const words of said) {
      expect(permitted(words)).toEqual({ ok: true });
      expect(words.split('?').length).toBeLessThanOrEqual(2);
      expect(words).toMatch(/^[A-Za-z0-9 ,.?']+$/);
    }
    expect(questions.length).toBe(14);
  });

  test('is nothing at all where a sound may give the caller away, and never a goodbye to one who may die', () => {
    expect(silenceReachOf('emergency')).toBe('mute');
    expect(silenceReachOf('suicidal')).toBe('stay');
    expect(after(['i want to kill myself'], 1).template).toContain('9 8 8');
    expect(silenceReachOf('ask_name')).toBe('close');
  });

  test('is no new act: the question stays open and counts as asked once', () => {
    const { turns } = converse(start);
    const prompt = {
      number: turns.length + 1,
      role: 'agent' as const,
      text: 'Are you still there?',
      atMs: 1,
      input: 'spoken' as const,
    };
    expect(silenceAct([...turns, prompt], firm, 2).asks).toBe('phone');
  });
});
