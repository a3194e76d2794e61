import { describe, expect, test } from '@jest/globals';
import { leadPayload, leavesLead } from '../../src/domain/lead.js';
import type { IntakeRecord } from '../../src/domain/intake.js';
import { LeadPayload, MAX_LEAD_MESSAGE_CHARS } from '../../src/domain/writes/grow.js';

const said = <T>(value: T, turn = 2) => ({
  value,
  source: 'caller' as const,
  turn,
  confidence: 1,
  verbatim: 'so said',
});
const intake = (over: Partial<IntakeRecord> = {}): IntakeRecord => ({
  schemaVersion: 1,
  rulesVersion: 'test',
  tenantId: 'acme',
  callId: `call_${'a'.repeat(20)}`,
  startedAtMs: Date.UTC(2026, 10, 20, 15),
  endedAtMs: Date.UTC(2026, 10, 20, 15, 5),
  endReason: 'caller_hangup',
  disposition: 'callback_needed',
  contact: {
    firstName: said('Dana'),
    lastName: said('Whitcomb'),
    phone: said('+15125550142'),
    email: said('dana@example.com'),
  },
  matter: {
    practiceArea: said('personal_injury'),
    narrative: [said('A truck hit me.', 3), said('My neck hurts.', 5)],
    state: said('TX'),
  },
  parties: [said({ name: 'Alex Roe', role: 'other driver' })],
  keyDates: [said({ type: 'hearing', date: '2026-12-01', precision: 'day' })],
  appointment: said({ date: '2026-11-27', time: '10:30' }),
  consents: {},
  corrections: [],
  conflict: { result: 'not_run', namesSearched: [] },
  ...over,
});
const narrated = (...words: string[]): IntakeRecord =>
  intake({ matter: { narrative: words.map((word) => said(word)) } });

describe('the lead of an intake', () => {
  test('carries the name and every way to reach the caller, and all answers in its message', () => {
    const { message, ...person } = leadPayload(intake());
    expect(person).toEqual({
      ...{ firstName: 'Dana', lastName: 'Whitcomb' },
      ...{ phoneE164: '+15125550142', email: 'dana@example.com' },
    });
    for (const answer of [
      'Practice area: Personal Injury',
      'State: TX',
      'Party: Alex Roe (other driver)',
      'Date: hearing 2026-12-01 (to the day)',
      'Wished for a consultation: 2026-11-27 at 10:30',
      'A truck hit me.\nMy neck hurts.',
    ])
      expect(message).toContain(answer);
  });

  test('says whose words it holds, that nobody has checked them, and which call it is', () => {
    const { message } = leadPayload(intake());
    expect(message).toContain('HERMES, an AI assistant');
    expect(message).toContain('not checked for conflicts of interest');
    expect(message).toContain(`Call call_${'a'.repeat(20)};`);
  });

  test('has placeholders for a name nobody gave, and says so', () => {
    const lead = leadPayload(intake({ contact: { lastName: said('Whitcomb') } }));
    expect(lead).toMatchObject({ firstName: 'Unknown', lastName: 'Whitcomb' });
    expect(lead.message).toContain('placeholder');
    expect(leadPayload(intake()).message).not.toContain('placeholder');
    expect(lead).not.toHaveProperty('email');
  });

  test('keeps no words of a caller who refused recording, and no card number of anybody', () => {
    const refused = leadPayload(intake({ consents: { recording: said('refused') } }));
    expect(refused.message).not.toContain('truck');
    expect(refused.message).toContain('Practice area: Personal Injury');
    expect(leadPayload(narrated('My card is 4242 4242 4242 4242.')).message).not.toContain('4242 4242');
  });

  test('fits the operation however much was said, and says that it was cut', () => {
    const lead = leadPayload(narrated(...Array.from({ length: 50 }, () => 'word '.repeat(200))));
    expect(lead.message).toHaveLength(MAX_LEAD_MESSAGE_CHARS);
    expect(lead.message).toMatch(/\[cut: the whole intake is in HERMES]$/);
    expect(LeadPayload.safeParse(lead).success).toBe(true);
    expect(LeadPayload.safeParse(leadPayload(intake({ contact: {} }))).success).toBe(true);
  });

  test('is left where the firm had an inbox, and nowhere else', () => {
    expect(leavesLead(intake())).toBe(false);
    expect(leavesLead(intake({ targets: [] }))).toBe(false);
    expect(leavesLead(intake({ targets: ['grow'] }))).toBe(true);
  });
});
