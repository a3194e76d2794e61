import type { Config, SettingName } from '../../config/schema.js';
import { freePorts, isPortFree } from './processes/ports.js';
import { StackError } from './stack-error.js';

/** Everything of the stack that listens, with the setting that chooses its port. */
const listeners = {
  edge: { setting: 'HERMES_PORT', who: 'the edge (API and calls)' },
  worker: { setting: 'HERMES_WORKER_PORT', who: 'the worker’s health endpoint' },
  postgres: { setting: 'HERMES_POSTGRES_PORT', who: 'PostgreSQL' },
  temporal: { setting: 'HERMES_TEMPORAL_PORT', who: 'Temporal' },
  temporalUi: { setting: 'HERMES_TEMPORAL_UI_PORT', who: 'Temporal UI' },
  clio: { setting: 'HERMES_CLIO_STANDIN_PORT', who: 'the Clio stand-in' },
  lawpay: { setting: 'HERMES_LAWPAY_STANDIN_PORT', who: 'the LawPay stand-in' },
  openai: { setting: 'HERMES_OPENAI_STANDIN_PORT', who: 'the OpenAI stand-in' },
} as const satisfies Record<string, { setting: SettingName; who: string }>;

export type Listener = keyof typeof listeners;
export type Ports = Readonly<Record<Listener, number>>;

export const LOOPBACK = '127.0.0.1';

/** Free ports for everything. */
export async function ephemeralPorts(): Promise<Ports> {
  const names = Object.keys(listeners) as Listener[];
  const free = await freePorts(LOOPBACK, names.length);
  return Object.fromEntries(names.map((name, i) => [name, free[i]])) as unknown as Ports;
}

/** The ports of the configuration. */
export function configuredPorts(config: Config): Ports {
  const names = Object.keys(listeners) as Listener[];
  return Object.fromEntries(names.map((name) => [name, config[listeners[name].setting]])) as unknown as Ports;
}

/**
 * Checks the ports of those that will listen.
 * @throws StackError naming every port that is taken, who wants it and the setting that changes it.
 */
export async function requireFreePorts(
  config: Config,
  ports: Ports,
  needed: readonly Listener[],
): Promise<void> {
  const taken: Listener[] = [];
  for (const name of needed) {
    const host = name === 'edge' ? config.HERMES_HOST : LOOPBACK;
    if (!(await isPortFree(host, ports[name]))) taken.push(name);
  }
  const [first] = taken;
  if (first === undefined) return;
  const lines = taken.map(
    (name) => `port ${ports[name]} for ${listeners[name].who} (${listeners[name].setting})`,
  );
  throw new StackError(
    `Another program already listens on ${lines.join(', ')}.`,
    `Stop it, or choose another port: ${listeners[first].setting}=${(ports[first] + 1_000) % 65_536} npm start`,
  );
}
