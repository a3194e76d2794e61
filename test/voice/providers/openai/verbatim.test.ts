import { expect, test } from '@jest/globals';
import { VerbatimCheck } from '../../../../src/voice/providers/openai/verbatim.js';

/** Whether a voice that says this, letter by letter at worst, is taken to keep to the text. */
function keeps(text: string, said: string, pieceLength: number): boolean {
  const check = new VerbatimCheck(text);
  for (let at = 0; at < said.length; at += pieceLength) {
    if (!check.keepsTo(said.slice(at, at + pieceLength))) return false;
  }
  return true;
}

const question = 'May I have your full name, please?';

test.each([
  [question, question],
  [question, 'may I have YOUR full name please'],
  ['We open at 9:30 a.m. on Monday.', 'We open at nine thirty AM on Monday.'],
  ['Dr. José Núñez charges $350.', 'Doctor Jose Nunez charges three hundred fifty dollars.'],
  ['I’ll check with Hart & Cole.', "I'll check with Hart and Cole."],
  [question, 'May I have your full name, pleas'],
])('“%s” may be said as “%s”', (text, said) => {
  for (const pieceLength of [1, 3, 1_000]) expect(keeps(text, said, pieceLength)).toBe(true);
});

test.each([
  [question, 'Sure, my name is Alex and I can help you with your case today.'],
  ['Did the accident happen at work?', 'I cannot give medical advice, please consult a professional.'],
  ['Goodbye.', 'Goodbye. Before you go, let me tell you about our other wonderful services.'],
])('for “%s” it is another text to say “%s”', (text, said) => {
  for (const pieceLength of [1, 3, 1_000]) expect(keeps(text, said, pieceLength)).toBe(false);
});
