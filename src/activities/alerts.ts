/** Where alerts go. The table keeps each of them; a port tells somebody. */
import type { Alert } from '../db/alerts.js';
import type { Outbox } from './outgoing/outbox.js';
import type { Logger } from '../telemetry/logger.js';

/** Told of every new alert after it is stored; must not throw. */
export interface AlertPort {
  announce(alerts: readonly Alert[]): void;
}

/** Both: log lines, and notices to whoever wants to be told. The stored alerts are what is told; this only says when. */
export const alertsToPeople = (log: AlertPort, outbox: Outbox): AlertPort => ({
  announce: (alerts) => {
    log.announce(alerts);
    for (const tenantId of new Set(alerts.map((alert) => alert.tenantId))) outbox.nudge(tenantId);
  },
});

/** Alerts as log lines of the level `error`: what collects the logs pages somebody. */
export const alertsToLog = (logger: Logger): AlertPort => ({
  announce: (alerts) => {
    for (const { tenantId, kind, subject, severity, message, details } of alerts)
      logger.error(
        { event: 'alert', tenantId, kind, subject, severity, alert: message, ...details },
        'an alert was raised',
      );
  },
});
