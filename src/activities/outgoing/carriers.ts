/** Carriers of notices that the settings name. */
import { createMailCarrier } from '../../clients/outgoing/mail.js';
import type { SendPost } from '../../clients/outgoing/guarded-post.js';
import type { Carrier } from '../../clients/outgoing/notice.js';
import { createPagerDutyCarrier } from '../../clients/outgoing/pagerduty.js';
import { createSlackCarrier } from '../../clients/outgoing/slack.js';
import { createSmsCarrier } from '../../clients/outgoing/sms.js';
import type { NoticeSystem } from '../../domain/writes/notice.js';

/** Those of the installation's settings that say how people can be told. */
export interface NoticeSettings {
  SMTP_URL?: string | undefined;
  HERMES_MAIL_FROM: string;
  TWILIO_ACCOUNT_SID?: string | undefined;
  TWILIO_AUTH_TOKEN?: string | undefined;
  TWILIO_API_URL: string;
  HERMES_SMS_FROM?: string | undefined;
  PAGERDUTY_EVENTS_URL: string;
  /** Longest wait for one answer, milliseconds. */
  HERMES_NOTICE_TIMEOUT_MS: number;
  HERMES_OPERATOR_MAIL?: string | undefined;
  HERMES_OPERATOR_SMS?: string | undefined;
  HERMES_OPERATOR_SLACK_URL?: string | undefined;
  HERMES_OPERATOR_PAGERDUTY_KEY?: string | undefined;
}

/** Slack and PagerDuty need no account of the installation's: the address is all. */
export function carriersOf(config: NoticeSettings, post: SendPost): Partial<Record<NoticeSystem, Carrier>> {
  const { SMTP_URL: smtpUrl, HERMES_MAIL_FROM: from, HERMES_NOTICE_TIMEOUT_MS: timeoutMs } = config;
  const { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken, HERMES_SMS_FROM: number } = config;
  return {
    slack: createSlackCarrier(post),
    pagerduty: createPagerDutyCarrier({ baseUrl: config.PAGERDUTY_EVENTS_URL, timeoutMs }),
    ...(smtpUrl !== undefined && { mail: createMailCarrier({ smtpUrl, from, timeoutMs }) }),
    ...(accountSid !== undefined &&
      authToken !== undefined &&
      number !== undefined && {
        sms: createSmsCarrier({
          baseUrl: config.TWILIO_API_URL,
          accountSid,
          authToken,
          from: number,
          timeoutMs,
        }),
      }),
  };
}

/** The operator's own addresses. */
export function operatorOf(config: NoticeSettings): Partial<Record<NoticeSystem, string>> {
  const { HERMES_OPERATOR_MAIL: mail, HERMES_OPERATOR_SMS: sms } = config;
  const { HERMES_OPERATOR_SLACK_URL: slack, HERMES_OPERATOR_PAGERDUTY_KEY: pagerduty } = config;
  return {
    ...(mail !== undefined && { mail }),
    ...(sms !== undefined && { sms }),
    ...(slack !== undefined && { slack }),
    ...(pagerduty !== undefined && { pagerduty }),
  };
}
