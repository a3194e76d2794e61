/** Who is told of an alert, and when. Pure, so that a storm can be tried out in a millisecond. */
import { isOutgoing, systemOfLane, type Lane, type System } from '../writes.js';
import type { NoticeSystem } from '../writes/notice.js';

export type Severity = 'critical' | 'warning';

/** What routing needs to know of an alert. */
export interface RoutedAlert {
  kind: string;
  /** What it is about: a system, an endpoint, a write, a job. */
  subject: string;
  severity: Severity;
}

/** Where alerts can be sent. */
export interface AlertChannel {
  channelId: string;
  system: NoticeSystem;
  /** The least severe alert that is told here; null: none. */
  alertsFrom: Severity | null;
}

/** The same trouble that comes back sooner than this after it was told is told once it has lasted so long. */
export const QUIET_MS = 15 * 60_000;

/** The system an alert is about, if it is about one of those we tell people with. */
function carrierOf({ kind, subject }: RoutedAlert): System | undefined {
  if (kind !== 'breaker.open' && kind !== 'connection.refused') return undefined;
  const system = systemOfLane(subject as Lane);
  return isOutgoing(system) ? system : undefined;
}

/** A notice that was not sent for a month is not worth a notice. */
const isAboutNotice = ({ kind, subject }: RoutedAlert): boolean =>
  kind === 'write.expired' && /^op:[^:]+:(mail|sms|slack|pagerduty|webhook):/.test(subject);

/**
 * The channels that are told of an alert: severe enough, and never the very system that has failed, for that would raise
 * the same alert about itself.
 */
export function channelsFor<C extends AlertChannel>(alert: RoutedAlert, channels: readonly C[]): C[] {
  if (isAboutNotice(alert)) return [];
  const failed = carrierOf(alert);
  return channels.filter(
    ({ system, alertsFrom }) =>
      system !== failed &&
      (alertsFrom === 'warning' || (alertsFrom === 'critical' && alert.severity === 'critical')),
  );
}

/** What to do about an alert that nobody has been told of. */
export type Telling = 'tell' | 'wait' | 'drop';

/** So many of one kind are told one by one within `QUIET_MS`; the others wait, and are told together. */
export const ONE_BY_ONE = 5;

/** What is known of an alert that nobody has been told of. */
export interface UntoldState {
  isOver: boolean;
  /** When the same kind and subject was last told, if ever. */
  lastToldAtMs: number | undefined;
  /** Alerts of the kind that were told within `QUIET_MS`. */
  toldOfKind: number;
}

/** One that is over already is dropped: nobody is woken for what has mended itself. One that was told a moment ago waits. */
export function whenToTell({ isOver, lastToldAtMs, toldOfKind }: UntoldState, nowMs: number): Telling {
  if (isOver) return 'drop';
  const isQuiet = lastToldAtMs === undefined || nowMs - lastToldAtMs >= QUIET_MS;
  return isQuiet && toldOfKind < ONE_BY_ONE ? 'tell' : 'wait';
}

/** One notice about one alert, or about many of a kind. */
export interface Bundle<A> {
  /** The first of them, after which the notice is named. */
  lead: A;
  alerts: A[];
}

/** Many of a kind at once are one incident: told once, with their number. */
export function bundled<A extends RoutedAlert>(alerts: readonly A[]): Bundle<A>[] {
  const byKind = new Map<string, A[]>();
  for (const alert of alerts) {
    const kind = `${alert.kind}/${alert.severity}`;
    byKind.set(kind, [...(byKind.get(kind) ?? []), alert]);
  }
  return [...byKind.values()].flatMap((same) => {
    const [lead] = same;
    if (!lead) return [];
    return same.length > ONE_BY_ONE
      ? [{ lead, alerts: same }]
      : same.map((alert) => ({ lead: alert, alerts: [alert] }));
  });
}
