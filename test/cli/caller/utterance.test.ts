import { expect, test } from '@jest/globals';
import { chooseUtterance, type Utterance } from '../../../src/cli/caller/utterance.js';

const opening: Utterance = { text: 'I need a lawyer.' };
const name: Utterance = { text: 'Maria Lopez.', hears: 'last name' };
const phone: Utterance = { text: 'Five one two…', hears: 'phone number' };
const all = [opening, name, phone];

test('a caller answers what was asked, whatever the order of the script', () => {
  expect(chooseUtterance(all, new Set([opening]), 'What is the best phone number?')).toBe(phone);
});

test('a question with no answer in the script gets the next line that waits for nothing', () => {
  expect(chooseUtterance(all, new Set(), 'How can we help?')).toBe(opening);
});

test('a question asked again is answered again', () => {
  expect(chooseUtterance(all, new Set([opening, name]), 'Your first and last name, please?')).toBe(name);
});

test('a caller with nothing left to say says nothing', () => {
  expect(chooseUtterance(all, new Set([opening]), 'Goodbye.')).toBeUndefined();
});
