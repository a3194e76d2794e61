/** What every carrier of notices is given. */
import type { NoticePayload } from '../../domain/writes/notice.js';

export interface Notice extends NoticePayload {
  /** An e-mail address, a telephone number, Slack's webhook address, PagerDuty's key. */
  address: string;
  signal: AbortSignal;
}

/** One way to tell people. */
export interface Carrier {
  /** @returns the carrier's own id. @throws OutsideError */
  send(notice: Notice): Promise<string>;
  /** An earlier notice under the same reference, where the carrier can be asked. @throws OutsideError */
  find?(notice: Notice): Promise<string | undefined>;
}

/** The whole notice as plain text. */
export const plainText = ({ title, text, link }: NoticePayload): string =>
  [title, text, link].filter(Boolean).join('\n\n');
