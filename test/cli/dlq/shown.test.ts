import { describe, expect, test } from '@jest/globals';
import { detailsInWords, durationOf, priorityTable, statsInWords } from '../../../src/cli/dlq/shown.js';
import { createStyle } from '../../../src/cli/terminal/style.js';

const plain = createStyle(false);
const colour = createStyle(true);

const stats = {
  ...{
    parked: 3,
    by_priority: { CRITICAL: 1, LOW: 2 },
    by_system: { clio: 3 },
    by_error_class: { invalid: 3 },
  },
  ...{ by_age: { '1h': 3 }, oldest_age_seconds: 7_300, requires_attention: true, health_status: 'critical' },
};
const write = {
  ...{ message_id: 'op:acme:clio:x', operation: 'clio.contact.create', priority: 'HIGH', state: 'parked' },
  ...{ error_class: 'invalid', error_message: 'Clio answered 422', parked_at: '2026-11-21T10:00:00Z' },
  ...{ next_attempt_at: null, revision: 1, attempts: 2, proposed_by: null, external_id: null },
  ...{ payload: { firstName: 'D…' }, payload_available: true, history_url: 'http://ui/x' },
  errors: [
    { attempt: 2, at: '2026-11-21T10:00:00Z', error_class: 'invalid', error_message: 'Clio answered 422' },
  ],
  decisions: [{ at: '2026-11-21T09:00:00Z', actor: 'pat', action: 'write.retry', reason: 'again' }],
};

describe('what the command tells people', () => {
  test('counts are sentences, and nothing parked is good news', () => {
    expect(statsInWords(stats, plain)).toEqual([
      '3 parked, the oldest for 2 h: critical, needs attention',
      '  priority    CRITICAL 1, LOW 2',
      '  cause       invalid 3',
      '  system      clio 3',
      '  parked for  1h 3',
    ]);
    expect(statsInWords({ ...stats, parked: 0 }, plain)).toEqual(['Nothing is parked.']);
  });

  test('one write shows its cause, its failures and its decisions, and no line for what it has not', () => {
    const text = detailsInWords(write, plain).join('\n');
    expect(text).toContain('op:acme:clio:x  parked');
    expect(text).toContain('cause         invalid: Clio answered 422');
    expect(text).toContain('pat  write.retry  again');
    expect(text).not.toMatch(/next attempt|proposed by|null|undefined/);
    expect(detailsInWords({ ...write, payload_available: false }, plain).join('\n')).toContain(
      'no worker answers',
    );
  });

  test('colours mark what is urgent and leave the columns where they are', () => {
    const rows = [
      ['a', 'CRITICAL'],
      ['bbbb', 'LOW'],
    ];
    const shown = priorityTable(['id', 'priority'], rows, colour);
    expect(shown[1]).toBe(colour.bad('a     CRITICAL'));
    expect(shown[2]).toBe('bbbb  LOW');
    expect(priorityTable(['id', 'priority'], rows, plain)).toEqual([
      'id    priority',
      'a     CRITICAL',
      'bbbb  LOW',
    ]);
  });

  test('durations are told in the unit that fits', () => {
    expect([5, 90, 7_300, 90_000, 400_000].map(durationOf)).toEqual([
      '5 s',
      '1 min',
      '2 h',
      '25 h',
      '4 days',
    ]);
  });
});
