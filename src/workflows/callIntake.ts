/**
 * One call, from its first word to the firm's own records: listens, extracts, then writes contact → matter → note, with
 * the call's entry in the log and the lead in Grow's inbox beside, checks for conflicts, proposes the wished appointment and asks for the fee. Stays open while one of its writes is parked.
 */
import { isCancellation, log, proxyActivities, setHandler } from '@temporalio/workflow';
import type { ConflictActivities, IntakeActivities } from '../activities/contracts.js';
import { operationKey } from '../domain/ids.js';
import { notePayload } from '../domain/intake-note.js';
import {
  callerName,
  consultationFee,
  contactPayload,
  leavesContact,
  leavesMatter,
  matterPayload,
  namesForConflictCheck,
  paymentPayload,
  writePriority,
} from '../domain/intake-writes.js';
import type { ConflictCheck, IntakeRecord } from '../domain/intake.js';
import type { Turn } from '../domain/turn.js';
import { followUps, leaveLead } from './intake/follow-ups.js';
import { listen, untilOver } from './intake/listening.js';
import { leaveOut, makeWrite, type Steps } from './intake/steps.js';
import { intakeState, taskQueues, type CallIntakeInput, type IntakeState } from './messages.js';

const { extractIntake, persistIntake } = proxyActivities<IntakeActivities>({
  taskQueue: taskQueues.core,
  startToCloseTimeout: '30 s',
  // Our own database: it comes back, so these never give up.
  retry: { initialInterval: '1 s', maximumInterval: '1 minute' },
});
const { checkConflicts } = proxyActivities<ConflictActivities>({
  taskQueue: taskQueues.clio,
  startToCloseTimeout: '60 s',
  heartbeatTimeout: '10 s',
  retry: { maximumAttempts: 4, initialInterval: '2 s', maximumInterval: '30 s' },
});

export async function callIntake(input: CallIntakeInput): Promise<IntakeRecord> {
  const call = listen(input.carried);
  const writes: IntakeState['writes'] = {};
  let record: IntakeRecord | undefined;
  setHandler(intakeState, () => ({
    phase: call.phase,
    turns: call.turns.size,
    writes,
    ...(record && { record }),
  }));

  const end = await untilOver(call, input);
  call.phase = 'extracting';
  const turns = [...call.turns.values()].sort((a, b) => a.number - b.number);
  const { tenantId, callId, startedAtMs, firm, callerIdE164 } = input;
  record = await extractIntake({
    tenantId,
    callId,
    startedAtMs,
    endedAtMs: end.atMs,
    endReason: end.reason,
    turns,
    firm,
    ...(callerIdE164 !== undefined && { callerIdE164 }),
  });
  if (leavesContact(record)) {
    call.phase = 'writing';
    const steps: Steps = { input, priority: writePriority(record), writes, results: {} };
    const lead = leaveLead(steps, record);
    const learnt = await writeAll(steps, record, turns);
    await lead;
    record = { ...record, ...learnt, steps: steps.results };
    await persistIntake(record);
  }
  call.phase = 'done';
  return record;
}

/** @returns what the writing taught us about the record. */
async function writeAll(
  steps: Steps,
  record: IntakeRecord,
  turns: readonly Turn[],
): Promise<Partial<IntakeRecord>> {
  const contact = await makeWrite(steps, 'contact', 'clio.contact.create', contactPayload(record));
  if (contact === undefined) {
    if (leavesMatter(record)) leaveOut(steps, 'matter', 'The contact was discarded.');
    leaveOut(steps, 'note', 'The contact was discarded.');
    leaveOut(steps, 'payment', 'The contact was discarded.');
    return {};
  }
  const contactId = Number(contact);
  let matter: string | undefined;
  if (leavesMatter(record)) {
    matter = await makeWrite(steps, 'matter', 'clio.matter.create', matterPayload(record, contactId));
    if (matter === undefined) {
      leaveOut(steps, 'note', 'The matter was discarded.');
      leaveOut(steps, 'payment', 'The matter was discarded.');
      return {};
    }
  }
  const parent =
    matter === undefined
      ? ({ type: 'contact', id: contactId } as const)
      : ({ type: 'matter', id: Number(matter) } as const);
  const matterId = matter === undefined ? undefined : Number(matter);
  const beside = followUps(steps, record, { contactId, matterId });
  const note = notePayload(record, turns, parent);
  beside.logCall(note.detail);
  await makeWrite(steps, 'note', 'clio.note.create', note);
  const conflict = await lookForConflicts(record, contact);
  beside.afterConflictCheck(conflict);
  if (matter !== undefined) await askForFee(steps, record, conflict);
  await beside.ended();
  return { conflict, ...(conflict.result === 'possible' && { disposition: 'conflict_hold' as const }) };
}

async function lookForConflicts(record: IntakeRecord, ownContactId: string): Promise<ConflictCheck> {
  const names = namesForConflictCheck(record);
  const name = callerName(record);
  const phone = record.contact.phone?.value;
  const caller = { ...(name !== undefined && { name }), ...(phone !== undefined && { phoneE164: phone }) };
  try {
    return await checkConflicts({ tenantId: record.tenantId, names, caller, ownContactId });
  } catch (error) {
    if (isCancellation(error)) throw error;
    // Bounded on purpose: an unanswered search is itself an answer, and it forbids asking for money.
    log.warn('the conflict check could not be run');
    return { result: 'not_run', namesSearched: names };
  }
}

/** A payment request before a cleared conflict check is a defect, so anything but "clear" ends here. */
async function askForFee(steps: Steps, record: IntakeRecord, conflict: ConflictCheck): Promise<void> {
  const money = consultationFee(record, steps.input.firm);
  if (!money) return;
  if (conflict.result !== 'clear') {
    const because =
      conflict.result === 'possible'
        ? 'The conflict check found a possible conflict: a person decides first.'
        : 'The conflict check could not be run.';
    leaveOut(steps, 'payment', because);
    return;
  }
  const reference = operationKey(record.callId, 'payment');
  await makeWrite(steps, 'payment', 'lawpay.paymentRequest.create', paymentPayload(record, money, reference));
}
