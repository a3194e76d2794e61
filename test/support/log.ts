import pino from 'pino';
import type { Logger } from '../../src/telemetry/logger.js';

export const silentLogger: Logger = pino({ level: 'silent' });

/** A line as it would have been written. */
export type LogLine = Record<string, unknown> & { level: string; msg?: string };

/** A logger whose lines, of every level, can be looked at. */
export function capturingLogger(): { logger: Logger; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const formatters = { level: (label: string) => ({ level: label }) };
  const write = (line: string): void => void lines.push(JSON.parse(line) as LogLine);
  return { logger: pino({ level: 'trace', formatters }, { write }), lines };
}
