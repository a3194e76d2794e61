import { DefaultLogger, Runtime, type LogEntry } from '@temporalio/worker';
import type { Logger } from '../telemetry/logger.js';

/** What the SDK may tell of a log line: ids and names of its own making, never arguments or failures' texts. */
const passedOn = [
  'taskQueue',
  'workflowType',
  'workflowId',
  'runId',
  'activityType',
  'attempt',
  'operation',
  'errorClass',
  'announcements',
  'phase',
  'turns',
  'lastTurn',
  'received',
] as const;

/**
 * Sends the SDK's log lines through ours and leaves the process's signals to us. Once per process, before the first
 * connection.
 */
export function installRuntime(logger: Logger): void {
  Runtime.install({
    logger: new DefaultLogger('INFO', (entry) => write(logger, entry)),
    shutdownSignals: [],
  });
}

function write(logger: Logger, { level, message, meta }: LogEntry): void {
  const fields: Record<string, unknown> = { sdk: message };
  for (const name of passedOn) if (meta?.[name] !== undefined) fields[name] = meta[name];
  if (meta?.['error'] instanceof Error) fields['err'] = meta['error'];
  if (level === 'ERROR') logger.error(fields, 'temporal');
  else if (level === 'WARN') logger.warn(fields, 'temporal');
  else if (level === 'INFO') logger.debug(fields, 'temporal');
}
