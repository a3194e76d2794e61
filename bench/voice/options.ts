import { parseArgs } from 'node:util';
import type { TransportName } from './messages.js';
import { profiles, type ProfileName } from './profiles.js';

export interface BenchOptions {
  transport: TransportName;
  calls: number;
  measureMs: number;
  profile: ProfileName;
  speechMs: number;
  silenceMs: number;
  /** The edge's silence rule (HERMES_SILENCE_MS). */
  endpointMs: number;
  /** Every so many replies a caller interrupts; null for never. */
  interruptsEvery: number | null;
  ramp: boolean;
  /** Holds the edge to one core and everything else off it. */
  pin: boolean;
  /** Whether calls are recorded: every caller says yes. */
  record: boolean;
  /** Whether the worker runs meanwhile. */
  worker: boolean;
  /** Where the edge's CPU profile of the measured time goes; null for none. */
  cpuProfile: string | null;
  json: boolean;
}

export const USAGE = `npm run bench:voice [-- options]

Starts the stack on free ports with the OpenAI stand-in for speech and language, places calls from a process of its own
at real-time pace, and measures what the callers hear.
  --calls N         calls at once (10)
  --seconds S       how long is measured (20)
  --profile NAME    instant: the providers answer at once; realistic: as hosted ones do, 1 % stalls (instant)
  --transport NAME  native or twilio (native)
  --speech-ms MS    length of an utterance (1500)
  --silence-ms MS   mean pause of a caller before speaking (400)
  --endpoint-ms MS  the edge's silence rule, HERMES_SILENCE_MS (200)
  --interrupts N    a caller speaks into every N-th reply; 0 for none (10)
  --pin             holds the edge to core 0 and everything else off it
  --no-worker       the Temporal worker stands down meanwhile: on a real site it has a machine of its own
  --record          calls are recorded: every caller says yes
  --ramp            1, 2, 4 … calls, up to --calls, until p95 has doubled, then in between; with --pin and --no-worker
  --cpu-profile F   writes where the edge spent the measured time (.cpuprofile); costs it some per cent
  --json            one JSON document; progress goes to the error output
`;

/** The arguments cannot be obeyed; the message says what may be given. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const flags = {
  calls: { type: 'string', default: '10' },
  seconds: { type: 'string', default: '20' },
  profile: { type: 'string', default: 'instant' },
  transport: { type: 'string', default: 'native' },
  'speech-ms': { type: 'string', default: '1500' },
  'silence-ms': { type: 'string', default: '400' },
  'endpoint-ms': { type: 'string', default: '200' },
  interrupts: { type: 'string', default: '10' },
  pin: { type: 'boolean', default: false },
  'no-worker': { type: 'boolean', default: false },
  record: { type: 'boolean', default: false },
  ramp: { type: 'boolean', default: false },
  'cpu-profile': { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** @returns null when only help is wanted. @throws UsageError */
export function readOptions(args: readonly string[]): BenchOptions | null {
  const values = parsed(args);
  if (values.help) return null;
  const { transport } = values;
  if (transport !== 'native' && transport !== 'twilio')
    throw new UsageError('--transport must be native or twilio.');
  return {
    transport,
    calls: whole('--calls', values.calls, 1, 2_000),
    measureMs: whole('--seconds', values.seconds, 1, 86_400) * 1_000,
    profile: profileNamed(values.profile),
    speechMs: whole('--speech-ms', values['speech-ms'], 600, 2_200),
    silenceMs: whole('--silence-ms', values['silence-ms'], 0, 60_000),
    endpointMs: whole('--endpoint-ms', values['endpoint-ms'], 100, 5_000),
    interruptsEvery: whole('--interrupts', values.interrupts, 0, 1_000) || null,
    ramp: values.ramp,
    pin: values.pin || values.ramp,
    record: values.record,
    worker: !values['no-worker'] && !values.ramp,
    cpuProfile: values['cpu-profile'] ?? null,
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

function profileNamed(name: string): ProfileName {
  const known = (Object.keys(profiles) as ProfileName[]).find((candidate) => candidate === name);
  if (!known) throw new UsageError(`--profile must be one of ${Object.keys(profiles).join(', ')}.`);
  return known;
}

function whole(flag: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new UsageError(`${flag} must be a whole number from ${least} to ${most}, not "${text}".`);
}
