/** What a run found out. */
import type { Cost } from './cost.js';
import type { Differences } from './ledger.js';
import type { ParkedVerdict } from './parked.js';
import type { Round } from './redrive.js';

export interface ChaosResult {
  writes: number;
  seconds: number;
  blows: Record<string, number>;
  /** Requests met, by kind of fault. */
  faults: Record<string, number>;
  parked: ParkedVerdict;
  rounds: Round[];
  differences: Differences;
  /** What should not be at the end: workflows by how they stand, rows that are not done. */
  leftovers: Record<string, number>;
  rates: Record<string, { limit: number; mostInAMinute: number; felt: number }>;
  /** Writes by how many attempts they took. */
  attempts: Record<string, number>;
  /** Means per write, of those that met no fault of their own and of those that did. */
  cost: { calm: Cost; faulty: Cost };
}
