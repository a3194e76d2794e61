import { parseArgs } from 'node:util';

export const USAGE = `npm run dlq -- list                     parked writes, longest parked first
npm run dlq -- stats                    how many, by cause, priority and age
npm run dlq -- show <id>                one write: payload (masked), errors, decisions
npm run dlq -- retry <id>… | --all      try them again
npm run dlq -- discard <id>             give one up
npm run dlq -- approve|withdraw <id>    carry out, or drop, what another person proposed
npm run dlq -- issues                   failures grouped by what they have in common

npm run dlq -- redrive preview          what a job would try, counted by cause; nothing is changed
npm run dlq -- redrive start <name>     try many: a few first, then the rest; shows progress until it is over
  --rate N        writes a second (default: as fast as they go); --budget N pauses after so many
  --canary N      so many first, 0–5 (default 3); --detach does not wait
npm run dlq -- redrive list | watch <job> | items <job>
npm run dlq -- redrive pause|resume|abort <job>
npm run dlq -- redrive rate <job> --rate N | --budget N

  --system, --priority, --cause, --operation, --fingerprint, --call   narrow list and redrive
  --reason TEXT   kept with the decision
  --json          for machines
`;

const text = { type: 'string' } as const;

/** The command line as it was given. */
export function readArguments() {
  return parseArgs({
    allowPositionals: true,
    options: {
      all: { type: 'boolean', default: false },
      reason: { type: 'string', default: 'from the command line' },
      json: { type: 'boolean', default: false },
      detach: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
      system: text,
      priority: text,
      cause: text,
      operation: text,
      fingerprint: text,
      call: text,
      rate: text,
      budget: text,
      canary: text,
    },
  });
}
export type Options = ReturnType<typeof readArguments>['values'];

/** The filter as the API takes it. */
export const filterOf = ({ system, priority, cause, operation, fingerprint, call }: Options) =>
  given({ system, priority, error_class: cause, operation, fingerprint, call_id: call });

/** Numbers of the command line. @throws Error naming the option that is none. */
export const paceOf = ({ rate, budget }: Options) =>
  given({ rate_per_second: numberOf('--rate', rate), budget: numberOf('--budget', budget) });

export function numberOf(name: string, given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  const value = Number(given);
  if (!Number.isFinite(value)) throw new Error(`${name}: must be a number, got ${given}`);
  return value;
}

/** Without what was not given. */
export const given = <T extends object>(values: T): Partial<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;

export const write = (line: string): void => void process.stdout.write(`${line}\n`);

/** As JSON, or in words. */
export function tell(isJson: boolean, value: unknown, inWords: () => string[]): void {
  if (isJson) write(JSON.stringify(value, null, 2));
  else inWords().forEach(write);
}
