import { parseArgs } from 'node:util';

export const parts = ['list', 'writes', 'redrive'] as const;
export type Part = (typeof parts)[number];

export interface DlqBenchOptions {
  parts: readonly Part[];
  /** Rows of the list. */
  rows: number;
  /** Real workflows that park and are redriven. */
  writes: number;
  /** Writes a second of the job whose cap is measured. */
  rate: number;
  json: boolean;
}

export const USAGE = `npm run bench:dlq [-- options]

Starts the stack on free ports with the Clio stand-in and measures the dead-letter queue. Ends with 1 when a promise
was broken.
  list      p95 of GET /dlq/list and /dlq/stats over parked rows (50 ms each)
  writes    real writes that Clio refuses: parked → listed (500 ms), decision accepted → attempt running (250 ms)
  redrive   those writes retried by jobs: one with a cap (±5 %), one that is aborted (2 s), one without a cap, beside
            bare workflows of the same shape on the same server (80 % of their rate)
  --part NAME    only this one; may be repeated (redrive needs writes)
  --rows N       parked rows for list (10000)
  --writes N     real writes (1000)
  --rate N       cap of the capped job (20)
  --json         one JSON document; progress goes to the error output
`;

/** @returns null when only help is wanted. @throws Error naming the option that is wrong */
export function readOptions(args: readonly string[]): DlqBenchOptions | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      part: { type: 'string', multiple: true, default: [...parts] },
      rows: { type: 'string', default: '10000' },
      writes: { type: 'string', default: '1000' },
      rate: { type: 'string', default: '20' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return null;
  return {
    parts: values.part.map((name) => {
      const part = parts.find((known) => known === name);
      if (!part) throw new Error(`--part: must be one of ${parts.join(', ')}, got ${name}`);
      return part;
    }),
    rows: positive('--rows', values.rows),
    writes: positive('--writes', values.writes),
    rate: positive('--rate', values.rate),
    json: values.json,
  };
}

function positive(name: string, given: string): number {
  const value = Number(given);
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`${name}: must be a whole number above 0, got ${given}`);
  return value;
}
