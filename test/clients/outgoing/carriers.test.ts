/** Each carrier of notices against its stand-in, over real sockets. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createGuardedPost } from '../../../src/clients/outgoing/guarded-post.js';
import { createMailCarrier } from '../../../src/clients/outgoing/mail.js';
import type { Notice } from '../../../src/clients/outgoing/notice.js';
import { createPagerDutyCarrier } from '../../../src/clients/outgoing/pagerduty.js';
import { createSlackCarrier } from '../../../src/clients/outgoing/slack.js';
import { createSmsCarrier } from '../../../src/clients/outgoing/sms.js';
import { controlOf, type Control } from '../../../standins/kit/control.js';
import { startStandin, type RunningStandin } from '../../../standins/kit/standin.js';
import { noticesStandin } from '../../../standins/notices/server.js';
import { smtpStandin } from '../../../standins/smtp/server.js';

let web: RunningStandin;
let post: RunningStandin;
let webControl: Control;
let postControl: Control;
let smtpUrl: string;
beforeAll(async () => {
  [web, post] = await Promise.all([
    startStandin(noticesStandin, { port: 0 }),
    startStandin(smtpStandin, { port: 0 }),
  ]);
  [webControl, postControl] = [controlOf(web.url), controlOf(post.url)];
  const { port } = (await (await fetch(`${post.url}/smtp`)).json()) as { port: number };
  smtpUrl = `smtp://127.0.0.1:${port}`;
});
afterAll(() => Promise.all([web.close(), post.close()]));
beforeEach(() => Promise.all([webControl.reset(), postControl.reset()]));

const notice = (address: string, more: Partial<Notice> = {}): Notice => ({
  ...{ address, channelId: 'operator', reference: '5f0c-1', event: 'trigger', severity: 'critical' },
  ...{ title: 'HERMES critical: clio does not answer', text: 'since: 12:00\nkind: breaker.open' },
  link: 'https://hermes.example/api/v1/alerts',
  signal: new AbortController().signal,
  ...more,
});
const timeoutMs = 2_000;

describe('mail', () => {
  const mail = () => createMailCarrier({ smtpUrl, from: 'HERMES <hermes@firm.example>', timeoutMs: 500 });
  const to = 'oncall@firm.example';

  test('arrives with subject, text and link, under one id however often it is sent', async () => {
    await mail().send(notice(to));
    await mail().send(notice(to));
    const [first, second] = (await postControl.created('mail')) as {
      from: string;
      to: string[];
      data: string;
    }[];
    expect(first).toMatchObject({ from: 'hermes@firm.example', to: [to] });
    expect(first!.data).toContain('Subject: HERMES critical: clio does not answer');
    expect(first!.data).toContain('kind: breaker.open');
    expect(first!.data).toContain('Auto-Submitted: auto-generated');
    const idOf = (data: string): string | undefined => /^Message-ID: (.*)$/im.exec(data)?.[1];
    expect(idOf(first!.data)).toMatch(/^<[0-9a-f]{32}@firm\.example>$/);
    expect(idOf(second!.data)).toBe(idOf(first!.data));
  });

  test('cannot be given another header by what is said in it', async () => {
    await mail().send(notice(to, { title: 'x\r\nBcc: thief@example.com', text: '.\r\nQUIT' }));
    const [one] = (await postControl.created('mail')) as { to: string[]; data: string }[];
    expect(one!.to).toEqual([to]);
    expect(one!.data).not.toMatch(/^Bcc:/im);
  });

  test.each([
    ['for the moment', 451, 'unavailable'],
    ['for good', 550, 'invalid'],
  ])('that the server refuses %s is told apart', async (_what, status, errorClass) => {
    await postControl.fault({ match: { method: 'SMTP', path: '/RCPT' }, effect: { kind: 'status', status } });
    const sending = mail().send(notice(to));
    await expect(sending).rejects.toMatchObject({ errorClass });
    await expect(sending).rejects.not.toMatchObject({ message: expect.stringContaining('oncall') });
  });

  test('whose connection breaks, or whose answer never comes, may have been taken', async () => {
    for (const kind of ['commit_then_cut', 'cut', 'stall'] as const) {
      await postControl.fault({ match: { method: 'SMTP', path: '/END' }, effect: { kind } });
      await expect(mail().send(notice(to))).rejects.toMatchObject({ errorClass: 'outcome_unknown' });
    }
    expect(await postControl.created('mail')).toHaveLength(1);
  });

  test('to a server that is not there is an outage', async () => {
    const away = createMailCarrier({ smtpUrl: 'smtp://127.0.0.1:1', from: 'a@b.example', timeoutMs: 500 });
    await expect(away.send(notice(to))).rejects.toMatchObject({ errorClass: 'unavailable' });
  });
});

describe('Slack', () => {
  const slack = createSlackCarrier(
    createGuardedPost({ policy: { ports: [443], allowPrivate: true }, timeoutMs }),
  );
  const address = (): string => `${web.url}/services/T0/B0/secret`;

  test('shows the whole notice, and nothing in it as a mention', async () => {
    await slack.send(notice(address(), { text: 'about <!channel> & more' }));
    const [one] = (await webControl.created('slack')) as { text: string }[];
    expect(one!.text).toContain('clio does not answer');
    expect(one!.text).toContain('about &lt;!channel&gt; &amp; more');
  });

  test('whose webhook was revoked needs a person, one that is busy is waited for', async () => {
    await webControl.configure({ revoked: ['/secret'] });
    await expect(slack.send(notice(address()))).rejects.toMatchObject({ errorClass: 'auth' });
    await webControl.configure({ revoked: [] });
    await webControl.fault({ effect: { kind: 'rate_limited', retryAfterSeconds: 7 } });
    await expect(slack.send(notice(address()))).rejects.toMatchObject({
      ...{ errorClass: 'rate_limited', retryAfterMs: 7_000 },
      message: expect.not.stringContaining('secret'),
    });
  });
});

describe('PagerDuty', () => {
  const pager = () => createPagerDutyCarrier({ baseUrl: web.url, timeoutMs });
  const key = '0123456789abcdef0123456789abcdef';
  const incidents = async () => (await webControl.ledger('incident')).records.map(({ data }) => data);

  test('makes one incident of a trouble however often it is told of it, and closes it', async () => {
    await webControl.fault({ effect: { kind: 'commit_then_cut' } });
    await expect(pager().send(notice(key))).rejects.toMatchObject({ errorClass: 'outcome_unknown' });
    await pager().send(notice(key));
    await pager().send(notice(key, { event: 'resolve' }));
    expect(await incidents()).toMatchObject([
      { id: '5f0c-1', status: 'triggered', severity: 'critical' },
      { triggers: 2 },
      { status: 'resolved' },
    ]);
    expect(await webControl.created('incident')).toHaveLength(1);
  });

  test('that does not know the key needs a person', async () => {
    await expect(pager().send(notice('f'.repeat(32)))).rejects.toMatchObject({ errorClass: 'invalid' });
  });
});

describe('a text message', () => {
  const sms = (authToken = 'standin-token') =>
    createSmsCarrier({
      ...{ baseUrl: web.url, accountSid: 'AC00000000000000000000000000000000', authToken, timeoutMs },
      from: '+15125550100',
    });
  const to = '+15125550101';

  test('is short, and is found again when the answer to it was lost', async () => {
    await webControl.fault({ match: { method: 'POST' }, effect: { kind: 'commit_then_cut' } });
    const long = notice(to, { title: `HERMES critical: ${'x'.repeat(180)}`, text: 'y'.repeat(2_000) });
    expect(await sms().find?.(long)).toBeUndefined();
    await expect(sms().send(long)).rejects.toMatchObject({ errorClass: 'outcome_unknown' });
    const [one] = (await webControl.created('sms')) as { sid: string; body: string }[];
    expect(one!.body.length).toBeLessThanOrEqual(306);
    expect(await sms().find?.(long)).toBe(one!.sid);
    expect(await sms().find?.({ ...long, reference: 'another' })).toBeUndefined();
  });

  test('with wrong credentials needs a person, to a wrong number too', async () => {
    await expect(sms('wrong').send(notice(to))).rejects.toMatchObject({ errorClass: 'auth' });
    await expect(sms().send(notice('5125550101'))).rejects.toMatchObject({ errorClass: 'invalid' });
  });
});
