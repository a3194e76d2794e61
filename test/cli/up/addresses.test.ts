import { createServer } from 'node:net';
import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { configuredPorts, ephemeralPorts, requireFreePorts } from '../../../src/cli/up/addresses.js';
import { StackError } from '../../../src/cli/up/stack-error.js';
import { loadConfig } from '../../../src/config/load.js';

const config = loadConfig({});

test('a taken port is named with who needs it and the setting that changes it', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const taken = (other.address() as { port: number }).port;
  try {
    const ports = { ...(await ephemeralPorts()), temporal: taken };
    const failure = await requireFreePorts(config, ports, ['edge', 'temporal']).catch((e: unknown) => e);
    expect(failure).toBeInstanceOf(StackError);
    expect((failure as StackError).message).toBe(
      `Another program already listens on port ${taken} for Temporal (HERMES_TEMPORAL_PORT).`,
    );
    expect((failure as StackError).next).toMatch(/HERMES_TEMPORAL_PORT=\d+ npm start/);
    await requireFreePorts(config, ports, ['edge', 'postgres']);
  } finally {
    other.close();
  }
});

test('every listener has a port of its own, configured or not', async () => {
  for (const ports of [configuredPorts(config), await ephemeralPorts()]) {
    expect(new Set(Object.values(ports)).size).toBe(8);
    expect(Object.values(ports).every((port) => port > 0)).toBe(true);
  }
});
