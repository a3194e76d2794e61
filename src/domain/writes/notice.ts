/** Notices to people: mail, text messages, Slack, PagerDuty. */
import { z } from 'zod';
import { lazily } from '../lazily.js';
import { requestOf, type OperationRow } from './request.js';

export const ChannelId = lazily(() =>
  z.union([
    z.string().regex(/^ch_[0-9a-f]{24}$/, '"ch_" and 24 hexadecimal digits'),
    // The one that the settings of the installation name for that system.
    z.literal('operator'),
  ]),
);

/** Which channel the notice goes to; its address is looked up when it is sent. No word of a caller's is in a notice. */
export const NoticePayload = lazily(() =>
  z.strictObject({
    channelId: ChannelId,
    /** Names what the notice is about: at PagerDuty the incident, in a text message what a repeat is known by. */
    reference: z.string().regex(/^[0-9a-zA-Z_.-]{1,100}$/),
    event: z.enum(['trigger', 'resolve']),
    severity: z.enum(['critical', 'warning', 'info']),
    title: z.string().min(1).max(200),
    text: z.string().min(1).max(2_000),
    link: z.url().max(500).optional(),
  }),
);
export type NoticePayload = z.infer<typeof NoticePayload>;

/** Systems that carry notices. */
export const noticeSystems = ['mail', 'sms', 'slack', 'pagerduty'] as const;
export type NoticeSystem = (typeof noticeSystems)[number];

// `look_up`: only SMS can be looked up and PagerDuty knows a repeat by its key. Elsewhere a notice told twice is better than
// one never told.
export const noticeOperations = {
  'mail.notice.send': { system: 'mail', payload: NoticePayload, afterUnknown: 'look_up' },
  'sms.notice.send': { system: 'sms', payload: NoticePayload, afterUnknown: 'look_up' },
  'slack.notice.send': { system: 'slack', payload: NoticePayload, afterUnknown: 'look_up' },
  'pagerduty.notice.send': { system: 'pagerduty', payload: NoticePayload, afterUnknown: 'look_up' },
} as const satisfies Record<string, OperationRow>;

export const noticeRequests = () =>
  [
    requestOf('mail.notice.send', NoticePayload),
    requestOf('sms.notice.send', NoticePayload),
    requestOf('slack.notice.send', NoticePayload),
    requestOf('pagerduty.notice.send', NoticePayload),
  ] as const;
