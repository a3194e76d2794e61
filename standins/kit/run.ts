import { parseArgs } from 'node:util';
import type { z } from 'zod';
import { createLogger } from '../../src/telemetry/logger.js';
import { startStandin, type StandinDefinition } from './standin.js';

/**
 * Runs a stand-in as a process: `--port N [--host H] [--state FILE] [--log-level L]`. Prints one JSON line
 * `{"event":"listening","url":…}` when ready; SIGTERM or SIGINT closes it and exits 0; a taken port exits 1.
 * Log lines go to standard output after that line, as JSON.
 */
export async function runStandin<Schema extends z.ZodObject>(
  definition: StandinDefinition<Schema>,
): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      host: { type: 'string', default: '127.0.0.1' },
      state: { type: 'string' },
      'log-level': { type: 'string', default: 'warn' },
    },
  });
  try {
    const running = await startStandin(definition, {
      port: portNumber(values.port),
      host: values.host,
      ...(values.state === undefined ? {} : { stateFile: values.state }),
      logger: createLogger(values['log-level'], `standin-${definition.name}`),
    });
    const stop = () => void running.close().then(() => process.exit(0));
    process.once('SIGTERM', stop).once('SIGINT', stop);
    process.stdout.write(`${JSON.stringify({ event: 'listening', url: running.url })}\n`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(`The ${definition.name} stand-in did not start: ${reason}\n`);
    process.exitCode = 1;
  }
}

function portNumber(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Error(`--port must be a number from 0 to 65535, not "${text}"`);
}
