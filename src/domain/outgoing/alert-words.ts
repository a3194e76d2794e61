/** An alert in words for people. It holds what the alert holds: counts, class names and opaque ids. */
import type { NoticePayload } from '../writes/notice.js';
import type { RoutedAlert } from './alert-routing.js';

export interface WordedAlert extends RoutedAlert {
  message: string;
  details: Readonly<Record<string, unknown>>;
  raisedAt: Date;
}

/** @param about how many such alerts it stands for, and where the API is reached from outside. */
export function alertNotice(
  tenantId: string,
  { kind, subject, severity, message, details, raisedAt }: WordedAlert,
  { count, publicUrl }: { count: number; publicUrl: string | undefined },
): Pick<NoticePayload, 'severity' | 'title' | 'text' | 'link'> {
  const facts = Object.entries(details).flatMap(([name, value]) =>
    typeof value === 'string' || typeof value === 'number' ? [`${name}: ${value}`] : [],
  );
  const more = count > 1 ? ` (and ${count - 1} more of the kind)` : '';
  const text = [
    `${message}${more}.`,
    `firm: ${tenantId}`,
    `kind: ${kind}`,
    ...(subject === '' ? [] : [`about: ${subject}`]),
    `since: ${raisedAt.toISOString()}`,
    ...facts,
  ].join('\n');
  return {
    severity,
    title: `HERMES ${severity}: ${message.slice(0, 130)}${more}`,
    text: text.slice(0, 2_000),
    ...(publicUrl !== undefined && { link: `${publicUrl.replace(/\/+$/, '')}/api/v1/alerts` }),
  };
}
