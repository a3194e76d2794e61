/** Writes that nothing else of the intake waits for: they run beside it, and the intake ends when they have. */
import { patched } from '@temporalio/workflow';
import type { WriteStep } from '../../domain/ids.js';
import {
  appointmentPayload,
  communicationPayload,
  documentPayload,
  taskPayload,
  type Parents,
} from '../../domain/intake-follow-ups.js';
import type { ConflictCheck, IntakeRecord } from '../../domain/intake.js';
import { LEAD_PRIORITY, leadPayload, leavesLead } from '../../domain/lead.js';
import type { Operation, PayloadOf } from '../../domain/writes.js';
import { leaveOut, makeWrite, type Steps } from './steps.js';

export interface FollowUps {
  /** The call goes into the telephone log, and what the note says into a file where the firm wants that. */
  logCall(detail: string): void;
  /** The caller's wish goes into the calendar, and the call-back onto a list: not where a conflict is possible. */
  afterConflictCheck(conflict: ConflictCheck): void;
  /** All have landed or were discarded. */
  ended(): Promise<void>;
}

/** Intakes that began before there were any make none. */
const PATCH = 'follow-ups-in-clio';

export function followUps(steps: Steps, record: IntakeRecord, parents: Parents): FollowUps {
  const running: Promise<unknown>[] = [];
  const isOn = patched(PATCH);
  const start = <O extends Operation>(step: WriteStep, operation: O, payload: PayloadOf<O>): void => {
    const write = makeWrite(steps, step, operation, payload);
    // Heard of in ended(); until then nobody listens.
    write.catch(() => undefined);
    running.push(write);
  };
  const { firm } = steps.input;
  return {
    logCall: (detail) => {
      if (!isOn) return;
      start('communication', 'clio.communication.create', communicationPayload(record, parents));
      const document = documentPayload(record, firm, parents, detail);
      if (document) start('document', 'clio.document.create', document);
    },
    afterConflictCheck: ({ result }) => {
      if (!isOn) return;
      const appointment = appointmentPayload(record, firm, parents);
      const task = taskPayload(record, firm, parents);
      if (appointment && result === 'possible')
        leaveOut(
          steps,
          'appointment',
          'The conflict check found a possible conflict: a person decides first.',
        );
      else if (appointment) start('appointment', 'clio.appointment.create', appointment);
      if (task) start('task', 'clio.task.create', task);
    },
    ended: async () => {
      await Promise.all(running);
    },
  };
}

/**
 * Leaves the lead where the firm has an inbox: at once, for nothing it says depends on Clio, and Clio may be away. The record
 * tells whether there is one, so that intakes from before there could be go on unchanged.
 * @returns when it landed or was discarded.
 */
export function leaveLead(steps: Steps, record: IntakeRecord): Promise<unknown> {
  if (!leavesLead(record)) return Promise.resolve();
  const lead = { ...steps, priority: LEAD_PRIORITY };
  const write = makeWrite(lead, 'lead', 'grow.lead.create', leadPayload(record));
  // Heard of at the end; until then nobody listens.
  write.catch(() => undefined);
  return write;
}
