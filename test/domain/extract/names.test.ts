import { describe, expect, test } from '@jest/globals';
import { findName } from '../../../src/domain/extract/names.js';
import type { Question } from '../../../src/domain/extract/question.js';
import { utterance } from '../../../src/domain/extract/utterance.js';

const nameIn = (text: string, asked: Question | null = null, known = {}): (string | undefined)[] => {
  const reading = findName(utterance(text), asked, known);
  return [reading?.first?.value, reading?.last?.value];
};

describe('the caller’s name', () => {
  test.each([
    ['my name is maria lopez', ['Maria', 'Lopez']],
    ['My name is Maria Lopez.', ['Maria', 'Lopez']],
    ['My name is maria lopez', ['Maria', 'Lopez']],
    ['hi my name is maria lopez and i was hurt in a car accident', ['Maria', 'Lopez']],
    ['yes hello this is james carter calling about a divorce', ['James', 'Carter']],
    ["My name's Walter Pruitt. P-R-U-I-T-T. I'm seventy-eight.", ['Walter', 'Pruitt']],
    ['Tyler Okafor. O-K-A-F-O-R. Seven two zero, five five five, oh one two eight.', ['Tyler', 'Okafor']],
    ['Adaeze Obi. A-D-A-E-Z-E, Obi, O-B-I. My attorney is Mr. Vale.', ['Adaeze', 'Obi']],
    [
      "Mama was Ernestine Tate. My brother is Leonard Tate. I'm Gloria Tate Simmons.",
      ['Gloria', 'Tate Simmons'],
    ],
    ['Yo me llamo Lucía Ramírez Ochoa. Mi esposo se llama Efraín.', ['Lucía', 'Ramírez Ochoa']],
    ["My name is Keisha. I don't want to give my last name.", ['Keisha', undefined]],
    ["my name is sean o'brien", ['Sean', "O'Brien"]],
    ['my name is will smith', ['Will', 'Smith']],
    ['this is angela white speaking', ['Angela', 'White']],
    ['my name is doctor grace hall', ['Grace', 'Hall']],
  ])('is heard in "%s"', (text, expected) => {
    expect(nameIn(text)).toEqual(expected);
  });

  test.each([
    'maria lopez',
    'it is maria lopez',
    'sure maria lopez',
    'Maria Lopez',
    'um yeah maria lopez',
    'Maria Lopez, L-O-P-E-Z.',
    'maria lopez l o p e z',
    'maria lopes l o p e z',
    'it is maria lopez l as in lion o p e z',
  ])('is what "%s" means right after the question', (text) => {
    expect(nameIn(text, 'name')).toEqual(['Maria', 'Lopez']);
  });

  test('a lone last name completes a first name', () => {
    expect(nameIn('lopez', 'name', { first: 'Maria' })).toEqual([undefined, 'Lopez']);
    expect(nameIn('my last name is lopez', null, { first: 'Maria' })).toEqual([undefined, 'Lopez']);
  });

  test.each([
    "i'm hurt",
    "I'm okay, I'm at home.",
    'i am calling about a divorce',
    'this is about my landlord',
    "it's fine",
    "i'm not sure",
    'I was stopped at a red light on South Lamar in Austin.',
    "her name's Stephanie Novak",
    'the driver was curtis boyle',
    'My wife is Lorraine',
    '',
  ])('is not made out of "%s"', (text) => {
    expect(nameIn(text)).toEqual([undefined, undefined]);
  });

  test.each([
    "No, I'm okay, I'm at home.",
    'what do you need that for',
    'yes',
    'five one two',
    'I would rather not say',
    'hello',
  ])('is not "%s" although it was asked for', (text) => {
    expect(nameIn(text, 'name')).toEqual([undefined, undefined]);
  });
});
