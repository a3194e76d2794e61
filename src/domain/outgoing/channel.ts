/** A channel of a firm's: whom to tell, and how. */
import { z } from 'zod';
import type { NoticeSystem } from '../writes/notice.js';

/** What is sealed at rest. */
export const ChannelSecrets = z.strictObject({ address: z.string().min(1) });

/** Binds what is sealed to its row. */
export const channelSeal = (tenantId: string, channelId: string): string =>
  `notice_channels/${tenantId}/${channelId}`;

const schemas: Readonly<Record<Exclude<NoticeSystem, 'slack'>, z.ZodType<string>>> = {
  mail: z.email('must be an e-mail address'),
  sms: z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be a telephone number in E.164, such as +15125550123'),
  // An integration key of the Events API v2.
  pagerduty: z.string().regex(/^[0-9a-zA-Z]{32}$/, 'must be an integration key of 32 letters and digits'),
};

/** @returns what is wrong with an address; undefined when nothing is. Slack's are judged like any address on the web. */
export function addressProblem(system: Exclude<NoticeSystem, 'slack'>, address: string): string | undefined {
  const parsed = schemas[system].safeParse(address);
  return parsed.success ? undefined : parsed.error.issues[0]?.message;
}

/** An address as it may be shown: enough to know which one it is. */
export function shownAddress(system: NoticeSystem, address: string): string {
  switch (system) {
    case 'mail': {
      const [mailbox = '', host = ''] = address.split('@');
      return `${mailbox.slice(0, 1)}…@${host}`;
    }
    case 'slack':
      return new URL(address).host;
    case 'sms':
    case 'pagerduty':
      return `…${address.slice(-3)}`;
  }
}
