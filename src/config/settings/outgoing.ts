/** Telling people and programs outside. */
import { z } from 'zod';
import { setting } from '../setting.js';
import { milliseconds, url, ports, aMinute } from '../values.js';

export const outgoingSettings = {
  SMTP_URL: setting(
    z
      .string()
      .regex(/^smtps?:\/\/[^\s]+$/, 'smtp:// or smtps://, with user and secret where the server wants them')
      .optional(),
    'smtp://hermes:s3cret@mail.example.com:587',
    'Mail server for alerts and notices; smtp:// uses STARTTLS when the server offers it. Unset: no mail.',
  ),
  HERMES_MAIL_FROM: setting(
    z.string().min(3).default('HERMES <hermes@localhost>'),
    'HERMES <hermes@example.com>',
    'Sender of that mail.',
  ),
  TWILIO_ACCOUNT_SID: setting(
    z.string().min(1).optional(),
    'AC0123456789abcdef0123456789abcdef',
    'Twilio account that sends text messages, with TWILIO_AUTH_TOKEN and HERMES_SMS_FROM. Unset: no text messages.',
  ),
  HERMES_SMS_FROM: setting(
    z.string().min(1).optional(),
    '+15125550100',
    'Number or messaging service (MG…) that text messages come from.',
  ),
  TWILIO_API_URL: setting(url.default('https://api.twilio.com'), 'https://api.twilio.com', 'Twilio’s API.'),
  PAGERDUTY_EVENTS_URL: setting(
    url.default('https://events.pagerduty.com'),
    'https://events.eu.pagerduty.com',
    'PagerDuty’s Events API.',
  ),
  HERMES_NOTICE_TIMEOUT_MS: setting(
    milliseconds.default(10_000),
    '10000',
    'Longest wait for one answer of a mail server, Twilio, Slack or PagerDuty.',
  ),
  HERMES_OPERATOR_MAIL: setting(
    z.email().optional(),
    'oncall@example.com',
    'The operator’s own mailbox, told of every alert of every firm.',
  ),
  HERMES_OPERATOR_SMS: setting(
    z.string().min(1).optional(),
    '+15125550101',
    'The operator’s own telephone, told of critical alerts.',
  ),
  HERMES_OPERATOR_SLACK_URL: setting(
    url.optional(),
    'https://hooks.slack.com/services/T000/B000/xxxx',
    'Incoming webhook of the operator’s own Slack channel, told of every alert.',
  ),
  HERMES_OPERATOR_PAGERDUTY_KEY: setting(
    z.string().min(1).optional(),
    '0123456789abcdef0123456789abcdef',
    'Integration key (Events API v2) of the operator’s own service, told of critical alerts and of their end.',
  ),
  HERMES_WEBHOOK_TIMEOUT_MS: setting(
    milliseconds.default(15_000),
    '15000',
    'Longest wait for an endpoint that is sent an event, its name’s resolution included.',
  ),
  HERMES_WEBHOOK_RATE_PER_MINUTE: setting(
    aMinute.default(600),
    '600',
    'Events a minute that one endpoint may be sent at most; each may ask for less.',
  ),
  HERMES_WEBHOOK_PORTS: setting(
    ports.default([443]),
    '443,8443',
    'Ports that an endpoint’s address may name, separated by commas.',
  ),
  HERMES_WEBHOOK_DISABLE_AFTER_MS: setting(
    milliseconds.default(432_000_000),
    '432000000',
    'An endpoint that takes no event for so long (5 days) is disabled, with an alert.',
  ),
  HERMES_WEBHOOK_ALLOW_PRIVATE: setting(
    z
      .enum(['on', 'off'])
      .default('off')
      .transform((v) => v === 'on'),
    'off',
    'Lets endpoints be private addresses and plain HTTP. For development only: it opens your network to whoever may add an endpoint.',
  ),
};
