import type { GateDeps } from '../../src/activities/write-gate.js';
import type { PaceDeps } from '../../src/activities/write-pace.js';
import { systems } from '../../src/domain/writes.js';

/** The same pace for every outside system. */
export const allPaces = (pace: PaceDeps): GateDeps['paces'] =>
  Object.fromEntries(systems.map((system) => [system, pace])) as GateDeps['paces'];
