import { describe, expect, test } from '@jest/globals';
import { greet } from '../../../src/domain/agent/agent.js';
import { instructionsFor } from '../../../src/domain/agent/instructions.js';
import { permitted } from '../../../src/domain/agent/permitted.js';
import type { FilterRule } from '../../../src/domain/agent/permitted.js';
import {
  digitsAloud,
  moneyAloud,
  nameAloud,
  numberAloud,
  phoneAloud,
} from '../../../src/domain/agent/speech.js';
import {
  askWords,
  closingWords,
  DATE_AHEAD,
  interruptWords,
  suicidalWords,
} from '../../../src/domain/agent/words.js';
import { converse, firm } from '../conversation.js';

describe('the outgoing filter', () => {
  test.each<[string, FilterRule]>([
    ['You have a good case.', 'judges_the_case'],
    ['It sounds like you have a strong claim against them.', 'judges_the_case'],
    ['You can sue them for that.', 'judges_the_case'],
    ['He is clearly at fault.', 'judges_the_case'],
    ['You have two years to file.', 'names_a_deadline'],
    ['You only have seven days.', 'names_a_deadline'],
    ['You have until Monday.', 'names_a_deadline'],
    ['The statute of limitations is two years.', 'names_a_deadline'],
    ["It's too late for that.", 'names_a_deadline'],
    ['Your case could be worth fifty thousand dollars.', 'names_a_value'],
    ['Cases like yours usually settle for ten thousand dollars.', 'names_a_value'],
    ['We will represent you.', 'claims_to_represent'],
    ["You're our client now.", 'claims_to_represent'],
    ['Your attorney will call you.', 'claims_to_represent'],
    ["I'm a real person.", 'claims_to_be_human'],
    ['I am a lawyer with the firm.', 'claims_to_be_human'],
    ["I'm not a robot.", 'claims_to_be_human'],
    ['You should not sign anything.', 'gives_advice'],
    ["Don't talk to the adjuster.", 'gives_advice'],
    ['You need to file chapter thirteen.', 'gives_advice'],
    ['I cannot say for sure, but you have a good case.', 'judges_the_case'],
    ['We guarantee a result.', 'promises'],
    ['The fee is non-refundable.', 'promises'],
    ['Please give me your card number.', 'takes_a_card'],
  ])('stops "%s"', (text, rule) => {
    expect(permitted(text)).toEqual({ ok: false, rule });
  });

  test.each([
    "I'm an AI assistant, not a person and not a lawyer.",
    'I am not a lawyer.',
    'I cannot say whether you have a case, an attorney will discuss that with you.',
    'Only an attorney can tell you how long you have.',
    "I'm sorry to hear that. What is your first and last name?",
    'Thank you, Maria. What is the best number to reach you?',
    'Some steps can have short time limits, so I am marking this for the attorney right away.',
    'Please keep your papers handy.',
    'I have five one two, five five five, zero one four two. Is that right?',
    'Do you already have a lawyer for this?',
  ])('lets "%s" pass', (text) => {
    expect(permitted(text)).toEqual({ ok: true });
  });

  test('lets all of the agent’s own sentences pass', () => {
    const own = [
      greet(firm).template,
      ...Object.values(askWords).flat(),
      ...DATE_AHEAD,
      ...Object.values(interruptWords),
      ...Object.values(closingWords),
      ...suicidalWords,
      ...converse([
        'yes i need a divorce',
        'how much is the consultation',
        'maria lopez',
        '512 555 0142',
      ]).acts.map((act) => act.template),
    ];
    for (const text of own) {
      for (const sentence of text.split(/(?<=[.?!]) /))
        expect([sentence, permitted(sentence)]).toEqual([sentence, { ok: true }]);
    }
  });
});

describe('spoken text', () => {
  test('numbers become words', () => {
    expect(digitsAloud('509')).toBe('five zero nine');
    expect(phoneAloud('+15125550142')).toBe('five one two, five five five, zero one four two');
    expect([0, 15, 40, 75, 100, 150, 1_205, 20_000].map(numberAloud)).toEqual([
      'zero',
      'fifteen',
      'forty',
      'seventy five',
      'one hundred',
      'one hundred fifty',
      'one thousand two hundred five',
      'twenty thousand',
    ]);
    expect(moneyAloud(7_550)).toBe('seventy five dollars and fifty cents');
    expect(moneyAloud(100)).toBe('one dollar');
  });

  test('a firm’s name loses its signs', () => {
    expect(nameAloud('Harbor & Vale, LLP.')).toBe('Harbor and Vale LLP');
  });

  test('the model’s instructions hold the limits and the firm, and no fact of a caller', () => {
    const text = instructionsFor(firm);
    expect(text).toContain('Harbor and Vale LLP');
    expect(text).toMatch(/Never say whether the caller has a case/);
  });
});
