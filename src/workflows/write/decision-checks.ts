/** Which decisions a write takes. Messages made by hand in Temporal UI come in any shape. */
import { ApplicationFailure } from '@temporalio/workflow';
import { operations } from '../../domain/writes.js';
import type { RedriveOrder, Resolution } from '../messages.js';
import { isWaiting, type WriteCourse } from './course.js';

/** What cannot be read is left out, and the write is retried all the same. */
export function readOrder(order: unknown): RedriveOrder {
  if (typeof order === 'string') return { jobId: order };
  if (typeof order !== 'object' || order === null) return {};
  const { jobId, actor, reason } = order as Record<string, unknown>;
  return {
    ...(filled(jobId) && { jobId }),
    ...(filled(actor) && { actor }),
    ...(filled(reason) && { reason }),
  };
}

/** @throws ApplicationFailure, type `DecisionRefused`, whose message says what to change. */
export function refuseUnlessValid(course: WriteCourse, resolution: Resolution): void {
  if (typeof resolution !== 'object' || (resolution as unknown) === null)
    throw refused('the decision must be an object such as {"action":"retry","actor":"…","reason":"…"}');
  if (!isWaiting(course)) throw refused(`the write is ${course.phase} and waits for no decision`);
  if (!filled(resolution.actor)) throw refused('actor: who decides is missing');
  if (!filled(resolution.reason)) throw refused('reason: why is missing');
  const expected = resolution.expectedRevision;
  if (expected !== undefined && expected !== course.revision)
    throw refused(
      `expectedRevision: somebody decided meanwhile, the write is at revision ${course.revision}`,
    );
  refuseAction(course, resolution);
}

function refuseAction(course: WriteCourse, resolution: Resolution): void {
  switch (resolution.action) {
    case 'retry':
    case 'discard':
      refuseBesideProposal(course);
      return;
    case 'edit':
      refuseBesideProposal(course);
      refusePayload(course, resolution.payload);
      return;
    case 'approve':
    case 'withdraw': {
      const proposer = course.proposed?.decision.actor;
      if (proposer === undefined) throw refused('action: nothing is proposed');
      if (resolution.action === 'approve' && proposer === resolution.actor)
        throw refused('actor: whoever proposed a decision cannot approve it');
      return;
    }
    default:
      throw refused('action: must be retry, edit, discard, approve or withdraw');
  }
}

function refuseBesideProposal({ proposed }: WriteCourse): void {
  if (proposed)
    throw refused(
      `action: ${proposed.decision.actor} has proposed to ${proposed.decision.action}; approve or withdraw that first`,
    );
}

function refusePayload({ request }: WriteCourse, payload: unknown): void {
  const checked = operations[request.operation].payload.safeParse(payload);
  if (checked.success) return;
  const problems = checked.error.issues.map((i) => `payload.${i.path.join('.')}: ${i.message}`);
  throw refused(problems.join('; '));
}

const filled = (text: unknown): text is string => typeof text === 'string' && text.trim() !== '';

const refused = (message: string): ApplicationFailure =>
  ApplicationFailure.create({ type: 'DecisionRefused', message, nonRetryable: true });
