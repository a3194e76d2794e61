import { describe, expect, test } from '@jest/globals';
import { greet } from '../../src/domain/agent/agent.js';
import type { FirmProfile } from '../../src/domain/firm.js';
import { heldCard, recordingRuling, type RecordingRuling } from '../../src/domain/recording.js';
import type { Turn } from '../../src/domain/turn.js';
import { converse, firm, NOW } from './conversation.js';

const ruling = (lines: readonly string[], of: FirmProfile = firm): RecordingRuling =>
  recordingRuling(converse(lines, of).turns, of);

describe('a call may be recorded', () => {
  test.each([
    [['yes that is fine, i was in a car accident']],
    [['you can record, i need a divorce']],
    [['i was in a car accident', 'yes']],
    [['no i do not want to be recorded', 'okay fine you can record this']],
  ])('after %j', (lines) => {
    expect(ruling(lines).record).toBe('yes');
  });

  test('from the turn that said yes, whose number and time are kept', () => {
    expect(ruling(['hello i was in a car accident', 'yes', 'my name is dana whitcomb'])).toEqual({
      record: 'yes',
      consent: { turn: 4, atMs: NOW + 4_000 },
    });
  });
});

describe('a call may not be recorded', () => {
  test.each([
    ['before anybody has answered', []],
    ['when the notice was heard and nothing said to it', ['i was in a car accident']],
    ['when the caller refuses', ['no please do not record me']],
    ['when the answer is in doubt', ['well i do not know, what for']],
  ])('%s', (_when, lines) => {
    expect(ruling(lines)).toEqual({ record: 'no' });
  });

  test('when the caller said yes to a greeting that was cut off before its notice', () => {
    const turn = (number: number, role: Turn['role'], text: string): Turn => ({
      ...{ number, role, text, atMs: NOW + number },
      input: role === 'agent' ? 'spoken' : 'speech',
    });
    const cut = [turn(1, 'agent', 'Thank you for calling'), turn(2, 'caller', 'yes i was in a car accident')];
    expect(recordingRuling(cut, firm)).toEqual({ record: 'no' });
    const whole = [turn(1, 'agent', greet(firm).template), cut[1]!];
    expect(recordingRuling(whole, firm).record).toBe('yes');
  });

  test('by a firm that never records, which does not say it does either', () => {
    const quiet: FirmProfile = { ...firm, recording: 'never' };
    expect(ruling(['yes you can record'], quiet)).toEqual({ record: 'no' });
    const said = converse(['i was in a car accident', 'my name is dana whitcomb'], quiet).acts;
    expect(said[0]!.template).toContain('This call is transcribed. Is that okay');
    expect(said.map((act) => act.template).join(' ')).not.toMatch(/record/);
  });
});

describe('a consent taken back', () => {
  test('stops the recording for good', () => {
    const taken = ['yes', 'stop recording', 'okay you can record again'];
    expect(ruling(taken.slice(0, 2))).toEqual({ record: 'stopped', turn: 4, erase: false });
    expect(ruling(taken)).toEqual({ record: 'stopped', turn: 4, erase: false });
  });

  test.each([
    'please delete the recording',
    'stop recording and delete what you have recorded',
    'stop the recording, and erase the tape please',
    'I want that recording deleted.',
    'stop recording and delete it',
  ])('erases what there is: "%s"', (line) => {
    expect(ruling(['yes', line])).toMatchObject({ record: 'stopped', erase: true });
  });

  test('erases later too, when the caller asks for it later', () => {
    expect(ruling(['yes', 'stop recording', 'and please delete the recording'])).toMatchObject({
      erase: true,
    });
  });

  test.each([
    'my boss deleted the recording',
    'he told them to erase the tape',
    'do not delete the recording',
  ])('erases nothing: "%s"', (line) => {
    expect(ruling(['yes', line])).not.toMatchObject({ erase: true });
  });
});

test('a turn that held a card number is told by what stands in its place', () => {
  const turn = { number: 2, role: 'caller', atMs: 0, input: 'speech' } as const;
  expect(heldCard({ ...turn, text: 'my card is [card number removed]' })).toBe(true);
  expect(heldCard({ ...turn, text: 'my number is 512 555 0142' })).toBe(false);
});
