import { parseArgs } from 'node:util';
import { faults, stages, type FaultName, type Stage } from './faults.js';

export interface FaultBenchOptions {
  stages: readonly Stage[];
  faults: readonly FaultName[];
  /** Whether the local engines stand in. */
  standIns: boolean;
  json: boolean;
}

export const USAGE = `npm run bench:faults [-- options]

Starts the stack on free ports with the OpenAI stand-in for every stage, breaks one stage in one way at a time, and
tells what a caller heard and after how long. Ends with 1 when a promise was broken.
  --stage NAME       only this one: ${stages.join(', ')}
  --fault NAME       only this one: ${faults.join(', ')}
  --no-stand-ins     without the local engines: nobody else hears or speaks
  --json             one JSON document; progress goes to the error output
`;

/** The arguments cannot be obeyed; the message says what may be given. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const flags = {
  stage: { type: 'string' },
  fault: { type: 'string' },
  'no-stand-ins': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** @returns null when only help is wanted. @throws UsageError */
export function readOptions(args: readonly string[]): FaultBenchOptions | null {
  const values = parsed(args);
  if (values.help) return null;
  return {
    stages: chosen('--stage', values.stage, stages),
    faults: chosen('--fault', values.fault, faults),
    standIns: !values['no-stand-ins'],
    json: values.json,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: flags }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : 'The arguments cannot be read.');
  }
}

function chosen<T extends string>(flag: string, name: string | undefined, all: readonly T[]): readonly T[] {
  if (name === undefined) return all;
  const known = all.filter((candidate) => candidate === name);
  if (known.length === 0) throw new UsageError(`${flag} must be one of ${all.join(', ')}.`);
  return known;
}
