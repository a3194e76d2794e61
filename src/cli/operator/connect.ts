import { readFileSync } from 'node:fs';
import { findRunning, type Running } from '../up/running.js';
import { createOperatorApi, type OperatorApi } from './api.js';
import { type Ask, createAsk } from './ask.js';

/** No stack to talk to; the message says how to get one. */
export class NotRunning extends Error {
  override readonly name = 'NotRunning';
}

/**
 * Finds the stack that runs on this machine and a token for it.
 * @param env HERMES_API_URL and HERMES_API_TOKEN name another edge; HERMES_DATA_DIR another data directory.
 * @throws NotRunning
 */
export function connectOperator(env: Readonly<Record<string, string | undefined>>): {
  api: OperatorApi;
  /** Asks the API for anything else. */
  ask: Ask;
  running: Running | undefined;
} {
  const { HERMES_API_URL: url, HERMES_API_TOKEN: token } = env;
  if (url && token)
    return { api: createOperatorApi(url, token), ask: createAsk(url, token), running: undefined };
  const dataDir = env['HERMES_DATA_DIR'] ?? '.hermes';
  const running = findRunning(dataDir);
  if (!running) throw new NotRunning(`No stack runs on ${dataDir}. Start one with: npm start`);
  if (running.tokenFile === undefined)
    throw new NotRunning(
      'This stack checks tokens of another issuer. Set HERMES_API_URL and HERMES_API_TOKEN.',
    );
  const own = readFileSync(running.tokenFile, 'utf8').trim();
  return { api: createOperatorApi(running.api, own), ask: createAsk(running.api, own), running };
}
