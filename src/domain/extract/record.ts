/** Facts of a finished call → the intake record and how the call ended for the firm. */
import type { FirmProfile } from '../firm.js';
import type { Disposition, Field, IntakeRecord } from '../intake.js';
import type { CallId, TenantId } from '../ids.js';
import type { EndReason } from '../turn.js';
import { ENOUGH } from './areas.js';
import { areaOf } from './facts.js';
import type { Facts } from './facts.js';

/** Version of the rules in this folder; changes whenever the same words would give another record. */
export const RULES_VERSION = 'rules-1';

/** What is known of a call besides its words. */
export interface FinishedCall {
  tenantId: TenantId;
  callId: CallId;
  startedAtMs: number;
  endedAtMs: number;
  endReason: EndReason;
}

/**
 * Builds the record. Conflict search has not run; the names to search are listed.
 * @param how.inDanger the caller was in danger when the call ended: a person looks at it, no matter how little was said.
 */
export function recordOf(
  call: FinishedCall,
  facts: Facts,
  firm: FirmProfile,
  how: { callerIdE164?: string | undefined; inDanger: boolean },
): IntakeRecord {
  const practiceArea = areaOf(facts, ENOUGH);
  const phone = facts.contact.phone ?? fromCallerId(facts, how.callerIdE164);
  const contact = { ...facts.contact, ...(phone ? { phone } : {}) };
  const refused = facts.consents.recording?.value === 'refused';
  return {
    schemaVersion: 1,
    rulesVersion: RULES_VERSION,
    tenantId: call.tenantId,
    callId: call.callId,
    startedAtMs: call.startedAtMs,
    endedAtMs: call.endedAtMs,
    endReason: call.endReason,
    disposition: how.inDanger
      ? 'attorney_review'
      : dispositionOf(call.endReason, facts, contact, practiceArea?.value, firm),
    contact,
    matter: {
      ...(practiceArea ? { practiceArea } : {}),
      // A caller who refuses the recording leaves no transcript, in pieces either; single fields stay.
      narrative: refused ? [] : [...facts.narrative],
      ...(facts.incidentDate ? { incidentDate: facts.incidentDate } : {}),
      ...(facts.state ? { state: facts.state } : {}),
    },
    parties: [...facts.parties],
    keyDates: [...facts.keyDates],
    ...(facts.appointment ? { appointment: facts.appointment } : {}),
    consents: facts.consents,
    corrections: [...facts.corrections],
    conflict: { result: 'not_run', namesSearched: namesToSearch(facts) },
  };
}

/** Full numbers only, and never one the caller told us not to use. */
function fromCallerId(facts: Facts, e164: string | undefined): Field<string> | undefined {
  const usable = e164 !== undefined && /^\+1[2-9]\d{2}[2-9]\d{6}$/.test(e164);
  if (!usable || facts.firstCallerTurn === 0 || facts.thisLineRefused || facts.refusedPhones.includes(e164))
    return undefined;
  const said = facts.thisLine;
  return said
    ? { value: e164, source: 'caller_id', turn: said.turn, confidence: 0.95, verbatim: said.verbatim }
    : { value: e164, source: 'caller_id', turn: facts.firstCallerTurn, confidence: 0.5, verbatim: '' };
}

function namesToSearch(facts: Facts): string[] {
  const { firstName, lastName } = facts.contact;
  const own = [firstName?.value, lastName?.value].filter((part) => part !== undefined).join(' ');
  return [...new Set([own, ...facts.parties.map((party) => party.value.name)])].filter((name) => name !== '');
}

/** Rules of the intake reference, section 5; a decline is never decided here, only referred out for a person to confirm. */
function dispositionOf(
  endReason: EndReason,
  facts: Facts,
  contact: IntakeRecord['contact'],
  area: string | undefined,
  firm: FirmProfile,
): Disposition {
  if (facts.callerKind === 'wrong_number') return 'no_action';
  const reachable = contact.phone !== undefined || contact.email !== undefined;
  const named = contact.firstName !== undefined || contact.lastName !== undefined;
  if (!reachable && !named) return 'abandoned';
  if (facts.callerKind !== 'prospect') return 'message_taken';
  if (area !== undefined && !firm.practiceAreas.some((handled) => handled === area)) return 'referred_out';
  // Whether anybody took the call over is not known here: a call-back too many is better than none.
  if (endReason === 'transferred' && reachable) return 'callback_needed';
  const complete = reachable && named && area !== undefined;
  if (complete) return 'attorney_review';
  return endReason === 'dropped' || !reachable ? 'abandoned' : 'callback_needed';
}
