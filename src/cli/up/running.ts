import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { loadConfig } from '../../config/load.js';
import type { Config } from '../../config/schema.js';
import type { Stack } from './stack.js';

/** What other commands need to know of a stack that runs: where it is and how to be let in. */
const Running = z.object({
  pid: z.int(),
  api: z.string(),
  temporalUi: z.string().optional(),
  tokenFile: z.string().optional(),
  standins: z.partialRecord(z.enum(['clio', 'lawpay', 'openai']), z.string()),
  /** A write whose vendor is down parks within this time, in milliseconds. */
  parksWithinMs: z.number(),
  /** Why callers cannot be heard; absent when they can. */
  typedOnly: z.string().optional(),
});
export type Running = z.infer<typeof Running>;

const fileIn = (dataDir: string): string => join(dataDir, 'stack.json');

/** @returns the same facts for a stack this process started. */
export function runningOf(stack: Stack): Running {
  const { addresses, token, speech } = stack;
  return {
    pid: process.pid,
    api: addresses.api,
    standins: addresses.standins,
    parksWithinMs: parksWithinMs(loadConfig(stack.env)),
    ...(addresses.temporalUi === undefined ? {} : { temporalUi: addresses.temporalUi }),
    ...(token ? { tokenFile: token.file } : {}),
    ...(speech.isHeard ? {} : { typedOnly: speech.problem ?? 'no recogniser' }),
  };
}

const parksWithinMs = (config: Config): number =>
  config.HERMES_WRITE_FAST_ATTEMPTS * config.HERMES_WRITE_FAST_MAX_MS + config.HERMES_WRITE_SLOW_WINDOW_MS;

/** Leaves word of the stack in its data directory; a stopped stack takes it away with `forget`. */
export function announceRunning(dataDir: string, running: Running): { forget: () => void } {
  writeFileSync(fileIn(dataDir), JSON.stringify(running, null, 2), { mode: 0o600 });
  return { forget: () => rmSync(fileIn(dataDir), { force: true }) };
}

/** When the stack of this data directory was last announced, epoch milliseconds; 0 when it never was. */
export const announcedAtMs = (dataDir: string): number =>
  statSync(fileIn(dataDir), { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** The stack that runs on this data directory, if one does. */
export function findRunning(dataDir: string): Running | undefined {
  try {
    const running = Running.parse(JSON.parse(readFileSync(fileIn(dataDir), 'utf8')));
    process.kill(running.pid, 0); // throws when that process is gone
    return running;
  } catch {
    return undefined;
  }
}
