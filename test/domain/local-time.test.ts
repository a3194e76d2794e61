import { describe, expect, test } from '@jest/globals';
import { dateIn, instantOf } from '../../src/domain/local-time.js';

const iso = (date: string, time: string, zone: string) => new Date(instantOf(date, time, zone)).toISOString();

describe('a wall-clock time of a zone', () => {
  test.each([
    ['2026-11-27', '10:30', 'America/Chicago', '2026-11-27T16:30:00.000Z'],
    ['2026-07-01', '10:30', 'America/Chicago', '2026-07-01T15:30:00.000Z'],
    ['2026-11-27', '00:00', 'Australia/Sydney', '2026-11-26T13:00:00.000Z'],
    ['2026-11-27', '12:00', 'UTC', '2026-11-27T12:00:00.000Z'],
    // The day the clocks go back: one in the morning comes twice, nine once.
    ['2026-11-01', '09:00', 'America/New_York', '2026-11-01T14:00:00.000Z'],
    // The day they go forward, on either side of the change.
    ['2026-03-08', '01:30', 'America/New_York', '2026-03-08T06:30:00.000Z'],
    ['2026-03-08', '03:30', 'America/New_York', '2026-03-08T07:30:00.000Z'],
  ])('%s %s in %s is %s', (date, time, zone, expected) => {
    expect(iso(date, time, zone)).toBe(expected);
  });

  test('an hour that is left out becomes a time around it, not an error', () => {
    expect(['2026-03-08T06:30:00.000Z', '2026-03-08T07:30:00.000Z']).toContain(
      iso('2026-03-08', '02:30', 'America/New_York'),
    );
  });

  test('its date at an instant is the zone’s, not ours', () => {
    expect(dateIn(Date.parse('2026-11-27T03:00:00Z'), 'America/Chicago')).toBe('2026-11-26');
  });
});
