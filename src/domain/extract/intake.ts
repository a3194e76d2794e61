/** The deterministic extractor: the turns of a finished call → its intake record. Nothing is in it that nobody said. */
import { replay } from '../agent/replay.js';
import type { FirmProfile } from '../firm.js';
import type { IntakeRecord } from '../intake.js';
import type { Turn } from '../turn.js';
import { recordOf } from './record.js';
import type { FinishedCall } from './record.js';

/** A finished call in one piece. */
export type EndedCall = FinishedCall & Omit<ExtractInput, 'header'>;

export interface ExtractInput {
  header: FinishedCall;
  /** In any order, repeats allowed; the first of each number counts. */
  turns: readonly Turn[];
  /** The firm as it was when the call began. */
  firm: FirmProfile;
  /** The line the call came from, when the carrier told. */
  callerIdE164?: string;
}

/** Extracts the record of a call as the intake hands it over. */
export const extractFrom = ({ turns, firm, callerIdE164, ...header }: EndedCall): IntakeRecord =>
  extractIntake({ header, turns, firm, ...(callerIdE164 !== undefined && { callerIdE164 }) });

/** Extracts the record. Total: any text gives a record that satisfies the IntakeRecord schema. */
export function extractIntake(input: ExtractInput): IntakeRecord {
  const byNumber = new Map<number, Turn>();
  for (const turn of input.turns) if (!byNumber.has(turn.number)) byNumber.set(turn.number, turn);
  const turns = [...byNumber.values()].sort((a, b) => a.number - b.number);
  const { facts, crisis } = replay(turns, input.firm, input.header.startedAtMs);
  return recordOf(input.header, facts, input.firm, {
    callerIdE164: input.callerIdE164,
    inDanger: crisis !== null,
  });
}
