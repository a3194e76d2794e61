/**
 * Sentences spoken by flite (voices slt and rms) and written down by pocketsphinx 5.1.1 with its en-us model: the real
 * errors of the keyless engines ("boil" for Boyle, "now" for no, a lost "oh").
 */
import { describe, expect, test } from '@jest/globals';
import lines from '../../fixtures/recognised-speech.json' with { type: 'json' };
import { signalsIn } from '../../../src/domain/agent/signals.js';
import { yesOrNo } from '../../../src/domain/extract/consents.js';
import { findName } from '../../../src/domain/extract/names.js';
import { findPhone } from '../../../src/domain/extract/phone.js';
import { utterance } from '../../../src/domain/extract/utterance.js';
import { converse, recordOf } from '../conversation.js';

const heard = (said: string): string[] =>
  lines.filter((line) => line.said === said).map((line) => line.heard);

describe('as the recogniser really writes it', () => {
  test.each(['My name is Maria Lopez.', 'My name is James Carter.'])('%s', (said) => {
    const name = said.slice('My name is '.length, -1).split(' ');
    for (const text of heard(said)) {
      const reading = findName(utterance(text), 'name', {});
      expect([reading?.first?.value, reading?.last?.value]).toEqual(name);
    }
  });

  test('a number said with "zero" is found in both voices', () => {
    for (const text of heard('My phone number is five one two, five five five, zero one four two.')) {
      expect(findPhone(utterance(text))?.value).toBe('+15125550142');
    }
  });

  test('"no" that was heard as "now" is a no', () => {
    for (const said of [
      'No, I do not have a lawyer.',
      'No, that is all. Thank you.',
      'No, I do not agree to be recorded.',
    ]) {
      for (const text of heard(said)) expect(yesOrNo(utterance(text))).toBe('no');
    }
  });

  test.each([
    ['He is in the house right now.', 'emergency'],
    ['I want to kill myself.', 'suicidal'],
    ['Do I have a case?', 'advice'],
    ['Are you a robot?', 'robot'],
    ['I want to talk to a real person.', 'person'],
  ] as const)('%s is %s', (said, signal) => {
    for (const text of heard(said)) expect([...signalsIn(utterance(text))]).toContain(signal);
  });

  test.each([0, 1])('a whole call makes a full record (voice %i)', (voice) => {
    const call = [
      'Yes, that is fine. I was hurt in a car accident.',
      'My name is Maria Lopez.',
      'My phone number is five one two, five five five, zero one four two.',
      'Yes, that is right.',
      'The driver was Curtis Boyle and the company was Quickline Parcel.',
      'It happened on November fourteenth in Austin, Texas. A delivery truck hit me from behind and I hurt my neck.',
      'No, I do not have a lawyer.',
      'No, that is all. Thank you.',
    ];
    const { turns, acts } = converse(call.map((said) => heard(said)[voice] ?? ''));
    const { contact, matter, parties, disposition } = recordOf(turns);
    expect([contact.firstName?.value, contact.lastName?.value, contact.phone?.value]).toEqual([
      'Maria',
      'Lopez',
      '+15125550142',
    ]);
    expect([matter.practiceArea?.value, matter.incidentDate?.value, matter.state?.value]).toEqual([
      'personal_injury',
      '2026-11-14',
      'TX',
    ]);
    expect(parties.map((party) => party.value.name)).toContain('Curtis Boil');
    expect(disposition).toBe('attorney_review');
    expect(acts.at(-1)?.kind).toBe('closing');
  });
});
