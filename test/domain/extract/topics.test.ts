import { describe, expect, test } from '@jest/globals';
import { recordingConsent, smsConsent } from '../../../src/domain/extract/consents.js';
import { findEmail } from '../../../src/domain/extract/email.js';
import { findParties } from '../../../src/domain/extract/parties.js';
import { findState } from '../../../src/domain/extract/states.js';
import { utterance } from '../../../src/domain/extract/utterance.js';
import { converse, recordOf } from '../conversation.js';

describe('e-mail addresses', () => {
  test.each([
    ['my email is dana dot whitcomb at example dot com', 'dana.whitcomb@example.com'],
    ['Email is Tyler.Okafor@Example.com.', 'tyler.okafor@example.com'],
    ['it is maria underscore lopez nine at mail dot example dot org', 'maria_lopez9@mail.example.org'],
    ['my email is maria lopez at example dot com', 'marialopez@example.com'],
  ])('"%s"', (text, expected) => {
    expect(findEmail(utterance(text))?.value).toBe(expected);
  });

  test.each(['i was at home', 'we met at example dot com', "I don't do the email.", 'look at that dot'])(
    'none in "%s"',
    (text) => {
      expect(findEmail(utterance(text))).toBeNull();
    },
  );
});

describe('other parties', () => {
  const partiesIn = (text: string, asked: 'parties' | null = null): string[] =>
    findParties(utterance(text), asked, 'other_party', true).map(({ name, role }) => `${name} (${role})`);

  test.each([
    ['the driver was curtis boyle', ['Curtis Boyle (driver)']],
    ['The driver was a man named Curtis Boyle.', ['Curtis Boyle (driver)']],
    ['The company on the door was Quickline Parcel.', ['Quickline Parcel (company)']],
    [
      'The landlord is Bayshore Pines, that is the apartments, over in Tampa. Hillsborough County.',
      ['Bayshore Pines (landlord)'],
    ],
    ['The mortgage is with Summit Harbor Bank.', ['Summit Harbor Bank (company)']],
    ['I own the house with my wife, Lorraine.', ['Lorraine (spouse)']],
    ["She's got a lawyer, some guy Alan Brandt.", ['Alan Brandt (opposing_counsel)']],
    [
      'the other driver was john smith he works for acme trucking',
      ['John Smith (driver)', 'Acme Trucking (company)'],
    ],
    [
      'the driver was curtis boyle and the company was quickline parcel',
      ['Curtis Boyle (driver)', 'Quickline Parcel (company)'],
    ],
    ['i work for walmart', ['Walmart (company)']],
  ])('"%s"', (text, expected) => {
    expect(partiesIn(text)).toEqual(expected);
  });

  test('a bare list answers the question', () => {
    expect(partiesIn('curtis boyle and john smith', 'parties')).toEqual([
      'Curtis Boyle (other_party)',
      'John Smith (other_party)',
    ]);
  });

  test.each([
    'the driver was drunk',
    'my boss was yelling at me',
    'Landlord wants me out.',
    'my wife had some guy hand me papers',
    'I drive for a living',
  ])('nobody is named in "%s"', (text) => {
    expect(partiesIn(text)).toEqual([]);
  });
});

describe('consent', () => {
  test.each([
    ['Hi, yeah, recording is fine. I was in a car wreck.', 'granted'],
    ["Say that again? Recorded? Oh, that's alright, go ahead.", 'granted'],
    ['Recording is no problem.', 'granted'],
    ['yes that is fine i was hurt in a car accident', 'granted'],
    ['No, I do NOT agree to be recorded. Turn it off.', 'refused'],
    ['now i do not agree to be recorded', 'refused'],
    ['no', 'refused'],
    ['i was hurt in a car accident', null],
  ])('to the recording: "%s" is %s', (text, expected) => {
    expect(recordingConsent(utterance(text), 'recording')).toBe(expected);
  });

  test('a yes to another question is no consent to be recorded', () => {
    expect(recordingConsent(utterance('yes that is right'), 'phone_ok')).toBeNull();
  });

  test.each([
    ['Yes, you can text me the confirmation.', 'granted'],
    ['And no texts, just call me.', 'refused'],
    ['I sent him a text', null],
  ])('to text messages: "%s" is %s', (text, expected) => {
    expect(smsConsent(utterance(text))).toBe(expected);
  });
});

describe('the state', () => {
  test.each([
    ['in austin texas', 'TX'],
    ['Gulf Ridge Framing, in Pasadena, Texas.', 'TX'],
    ['I live in Austin, TX', 'TX'],
    ['it was in west virginia', 'WV'],
    ['my name is virginia jones', undefined],
    ['entró por Arizona', undefined],
  ])('"%s"', (text, expected) => {
    expect(findState(utterance(text), null)?.value).toBe(expected);
  });
});

describe('the area of practice', () => {
  test.each([
    ['i was hurt in a car accident', 'personal_injury'],
    ['yes that is fine i was hurting a car accident', 'personal_injury'],
    ['i need a divorce from my husband', 'family'],
    ['i was arrested for drunk driving', 'criminal'],
    ['immigration took my husband', 'immigration'],
    ['they are selling my house', 'bankruptcy'],
    ['my brother filed a will', 'estate'],
    ['my boss fired me and did not pay my overtime', 'employment'],
    ['my landlord is trying to evict me', 'landlord_tenant'],
    ['i am looking for a patent attorney', 'out_of_scope'],
    ['hello i have a question', undefined],
  ])('"%s" is %s', (text, expected) => {
    expect(recordOf(converse([text]).turns).matter.practiceArea?.value).toBe(expected);
  });
});
