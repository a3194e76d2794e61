/** Mail by SMTP. */
import { createHash } from 'node:crypto';
import { createTransport } from 'nodemailer';
import { z } from 'zod';
import { OutsideError } from '../../domain/failures.js';
import type { Carrier, Notice } from './notice.js';

export interface MailOptions {
  /** `smtp://user:secret@mail.example.com:587` (STARTTLS) or `smtps://…:465`. */
  smtpUrl: string;
  from: string;
  /** For each step of the conversation. */
  timeoutMs: number;
}

/** One connection for each message: they are few, and a server that was restarted is met afresh. */
export function createMailCarrier({ smtpUrl, from, timeoutMs }: MailOptions): Carrier {
  return {
    send: async (notice) => {
      const transport = createTransport({
        url: smtpUrl,
        connectionTimeout: timeoutMs,
        greetingTimeout: timeoutMs,
        socketTimeout: timeoutMs,
        dnsTimeout: timeoutMs,
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      const stop = (): void => transport.close();
      notice.signal.addEventListener('abort', stop, { once: true });
      try {
        const sent = await transport.sendMail(messageOf(notice, from));
        return sent.messageId;
      } catch (error) {
        notice.signal.throwIfAborted();
        throw asOutside(error);
      } finally {
        notice.signal.removeEventListener('abort', stop);
        transport.close();
      }
    },
  };
}

/** The same id in every attempt, by which a mailbox that looks for repeats finds them. */
function messageOf({ address, title, text, link, reference, event }: Notice, from: string) {
  const host = /@([^@\s>]+)/.exec(from)?.[1] ?? 'hermes.invalid';
  const id = createHash('sha256').update(`${reference}/${event}/${address}`).digest('hex').slice(0, 32);
  return {
    ...{ from, to: address, subject: title, messageId: `<${id}@${host}>` },
    text: link === undefined ? text : `${text}\n\n${link}\n`,
    // RFC 3834: no vacation notice answers a machine.
    headers: { 'auto-submitted': 'auto-generated' },
  };
}

const Failure = z
  .object({
    code: z.string().default('').catch(''),
    syscall: z.string().default('').catch(''),
    responseCode: z.number().optional().catch(undefined),
  })
  .catch({ code: '', syscall: '', responseCode: undefined });

/** Only codes reach our message: a server's own words may quote an address. */
function asOutside(error: unknown): OutsideError {
  const { code, syscall, responseCode } = Failure.parse(error);
  const what = `the mail server ${responseCode === undefined ? 'gave no answer' : `answered ${responseCode}`} (${code || 'no code'})`;
  if (code === 'EAUTH' || responseCode === 535 || responseCode === 530) return new OutsideError('auth', what);
  if (responseCode !== undefined)
    // 4yz is a passing refusal by definition (RFC 5321, 4.2.1); nothing was taken.
    return new OutsideError(responseCode < 500 ? 'unavailable' : 'invalid', what);
  if (code === 'EENVELOPE' || code === 'EMESSAGE') return new OutsideError('invalid', what);
  // The library does not say how far a broken conversation had come: unless it never began, the message may be out.
  const neverBegan = code === 'EDNS' || syscall === 'connect';
  return new OutsideError(neverBegan ? 'unavailable' : 'outcome_unknown', what);
}
