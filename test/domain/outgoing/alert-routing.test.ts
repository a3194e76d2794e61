import { describe, expect, test } from '@jest/globals';
import {
  bundled,
  channelsFor,
  QUIET_MS,
  whenToTell,
  type AlertChannel,
  type UntoldState,
} from '../../../src/domain/outgoing/alert-routing.js';
import { alertNotice } from '../../../src/domain/outgoing/alert-words.js';
import { NoticePayload } from '../../../src/domain/writes/notice.js';

const channel = (
  system: AlertChannel['system'],
  alertsFrom: AlertChannel['alertsFrom'] = 'warning',
): AlertChannel => ({ channelId: `ch_${system}`, system, alertsFrom });
const all = [channel('mail'), channel('slack'), channel('sms', 'critical'), channel('pagerduty', 'critical')];
const told = (kind: string, subject: string, severity: 'critical' | 'warning') =>
  channelsFor({ kind, subject, severity }, all).map(({ system }) => system);

describe('an alert', () => {
  test('is told to every channel that it is severe enough for', () => {
    expect(told('dead_letters.critical', '', 'critical')).toEqual(['mail', 'slack', 'sms', 'pagerduty']);
    expect(told('webhook.disabled', 'ep_1', 'warning')).toEqual(['mail', 'slack']);
    expect(channelsFor({ kind: 'k', subject: '', severity: 'critical' }, [channel('mail', null)])).toEqual(
      [],
    );
  });

  test.each(['mail', 'slack', 'sms', 'pagerduty'])('about %s is never sent by it', (system) => {
    for (const kind of ['breaker.open', 'connection.refused'])
      expect(told(kind, system, 'critical')).toEqual(
        ['mail', 'slack', 'sms', 'pagerduty'].filter((other) => other !== system),
      );
  });

  test('about a practice system or an endpoint is sent by all', () => {
    expect(told('breaker.open', 'clio', 'critical')).toHaveLength(4);
    expect(told('breaker.open', 'webhook.ep_1', 'critical')).toHaveLength(4);
  });

  test('about a notice that expired is sent by none; about a client’s record by all', () => {
    expect(told('write.expired', 'op:acme:mail:x.ch_1.trigger', 'critical')).toEqual([]);
    expect(told('write.expired', 'op:acme:webhook:evt_1.ep_1', 'critical')).toEqual([]);
    expect(told('write.expired', 'op:acme:clio:call_1.contact', 'critical')).toHaveLength(4);
  });
});

describe('telling', () => {
  const nowMs = 10 * QUIET_MS;
  const state = (over: Partial<UntoldState>): UntoldState => ({
    ...{ isOver: false, lastToldAtMs: undefined, toldOfKind: 0 },
    ...over,
  });
  test('a new trouble is told at once, one that is over is not told at all', () => {
    expect(whenToTell(state({}), nowMs)).toBe('tell');
    expect(whenToTell(state({ isOver: true }), nowMs)).toBe('drop');
  });

  test('a trouble that comes and goes every minute for a day is told at most once in a quarter of an hour', () => {
    let lastToldAtMs: number | undefined;
    let tellings = 0;
    for (let minute = 0; minute < 1_440; minute++) {
      const atMs = minute * 60_000;
      if (whenToTell(state({ lastToldAtMs }), atMs) !== 'tell') continue;
      tellings += 1;
      lastToldAtMs = atMs;
    }
    expect(tellings).toBe(96);
  });
});

describe('a storm', () => {
  const storm = Array.from({ length: 10_000 }, (_, n) => ({
    ...{ kind: 'write.expired', subject: `op:acme:clio:${n}`, severity: 'critical' as const },
  }));

  test('of ten thousand alerts of a kind is one notice that tells their number', () => {
    const other = { kind: 'breaker.open', subject: 'clio', severity: 'critical' as const };
    const bundles = bundled([...storm, other]);
    expect(bundles.map(({ lead, alerts }) => [lead.subject, alerts.length])).toEqual([
      ['op:acme:clio:0', 10_000],
      ['clio', 1],
    ]);
  });

  test('that comes one by one is told five times in a quarter of an hour, then together', () => {
    const told = { isOver: false, lastToldAtMs: undefined };
    const tellings = storm.slice(0, 20).map((_, n) => whenToTell({ ...told, toldOfKind: n }, QUIET_MS));
    expect(tellings.filter((when) => when === 'tell')).toHaveLength(5);
    expect(bundled(storm.slice(5, 20))).toHaveLength(1);
  });
});

test('the words of an alert fit every carrier, however long its own are', () => {
  const words = alertNotice(
    'acme',
    {
      ...{ kind: 'dead_letters.critical', subject: 's'.repeat(300), severity: 'critical' },
      ...{ message: 'm'.repeat(3_000), details: { critical: 12, nested: { a: 1 } }, raisedAt: new Date(0) },
    },
    { count: 1_000, publicUrl: 'https://hermes.example/' },
  );
  const payload = { ...words, channelId: 'operator', reference: 'a-1', event: 'trigger' };
  expect(NoticePayload.safeParse(payload).error).toBeUndefined();
  expect(words.link).toBe('https://hermes.example/api/v1/alerts');
});
