import { parseArgs } from 'node:util';

export interface ChaosOptions {
  /** Writes that are wanted. */
  writes: number;
  /** Same seed, same writes and same faults; when things happen is the machine's affair. */
  seed: number;
  /** Worker processes ended with SIGKILL. */
  kills: number;
  /** Times that the Temporal server is ended with SIGKILL. */
  restarts: number;
  json: boolean;
}

export const USAGE = `npm run chaos:writes [-- options]

Starts the stack on free ports with two workers and the stand-ins for Clio and LawPay, wants so many writes, lets every
kind of fault meet some of them, kills workers and the Temporal server in between, waits until all is quiet, retries by a
redrive job what parked, and compares the stand-ins' own ledgers with what was wanted. Ends with 1 on any difference.
  --writes N     writes wanted, at least 60 (10000)
  --seed N       of writes and faults (1)
  --kills N      workers killed (3)
  --restarts N   kills of the Temporal server (1)
  --json         one JSON document; progress goes to the error output
`;

/** @returns null when only help is wanted. @throws Error naming the option that is wrong */
export function readOptions(args: readonly string[]): ChaosOptions | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      writes: { type: 'string', default: '10000' },
      seed: { type: 'string', default: '1' },
      kills: { type: 'string', default: '3' },
      restarts: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return null;
  return {
    // Fewer could not meet every kind of fault.
    writes: whole('--writes', values.writes, 60),
    seed: whole('--seed', values.seed, 0),
    kills: whole('--kills', values.kills, 0),
    restarts: whole('--restarts', values.restarts, 0),
    json: values.json,
  };
}

function whole(name: string, given: string, least: number): number {
  const value = Number(given);
  if (!Number.isInteger(value) || value < least)
    throw new Error(`${name}: must be a whole number of at least ${least}, got ${given}`);
  return value;
}
